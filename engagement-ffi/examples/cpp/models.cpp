/*
 * The same as examples/c/models.c, by objects that free themselves: models with a prior and a penalty, stages, and contracts.
 *
 *   c++ models.cpp $(pkg-config --cflags --libs engagement) -o models
 */
#include <algorithm>
#include <cstdio>
#include <exception>

#include <engagement.hpp>

static void print_model(const engagement::model &model)
{
    std::printf("%s\n", model.name().c_str());
    const std::vector<engagement::parameter> parameters = model.parameters();
    for (std::size_t i = 0; i < parameters.size(); i++) {
        const engagement::interval ends = model.interval(static_cast<int64_t>(i), 0.9);
        std::printf("%-8s %10.4f %10.4f to %10.4f\n", parameters[i].name.c_str(), parameters[i].value, ends.low, ends.high);
    }
}

static void contracts()
{
    /* The regular cohort of Fader & Hardie (2007), doi:10.1002/dir.20074. */
    static const int64_t there[] = {1000, 631, 468, 382, 326, 289, 262, 241};
    const std::vector<int64_t> cohort(there, there + 8);
    engagement::model smaller, larger;
    smaller.fit_cohort("shifted-beta-geometric", cohort);
    larger.fit_cohort("beta-discrete-weibull", cohort);
    print_model(smaller);
    print_model(larger);
    const engagement::likelihood_ratio test = larger.likelihood_ratio(smaller);
    std::printf("likelihood ratio %.4f, %ld more, p = %.6f\n", test.statistic, static_cast<long>(test.degrees_of_freedom),
                test.p_value);
    std::printf("after 12 renewals %.4f are left, and %.4f of them came through the last\n", larger.survival(0, 12),
                larger.retention_rate(12));
    std::printf("of one renewed 4 times %.4f more of 12, worth %.4f periods\n", larger.expected_renewals(4, 12),
                larger.discounted_renewals(4, 0.1));
    static const int64_t renewed[] = {0, 1, 7};
    std::vector<double> worth;
    larger.discounted_renewals(std::vector<int64_t>(renewed, renewed + 3), 0.1, worth);
    std::printf("those renewed 0, 1 and 7 times are worth %.4f, %.4f and %.4f\n", worth[0], worth[1], worth[2]);

    const std::size_t refits = static_cast<std::size_t>(larger.bootstrap(100, 7));
    std::vector<double> share;
    engagement::model refitted;
    for (std::size_t refit = 0; refit < refits; refit++) {
        refitted.from_refit(larger, static_cast<int64_t>(refit));
        share.push_back(refitted.survival(0, 12));
    }
    std::sort(share.begin(), share.end());
    std::printf("by %ld refits %.4f to %.4f are left after 12 renewals\n", static_cast<long>(refits), share[refits / 20],
                share[refits - 1 - refits / 20]);
}

static void stages_of_drawn()
{
    std::vector<double> ages;
    for (int i = 0; i < 1000; i++) {
        ages.push_back(1 + i % 39);
    }
    engagement::model model;
    model.from_json("{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":6.183,\"a\":0.891,\"b\":1.614}");
    engagement::purchases purchases;
    purchases.simulate(model, ages, 7);
    model.set_prior("r", ENG_PRIOR_GAMMA, 2.0, 4.0);
    model.set_penalty(0.0001);
    model.set_threads(1);
    model.fit("mbg-nbd", purchases);
    print_model(model);
    std::vector<double> low, high, likely;
    model.expected_purchases_interval(purchases, 39, 0.9, low, high);
    model.log_likelihood(purchases, likely);
    std::printf("customer 38, of log-likelihood %.4f, buys %.4f to %.4f times in 39 weeks on average\n", likely[38], low[38],
                high[38]);

    const std::vector<engagement::parameter> parameters = model.parameters();
    engagement::stages stages;
    stages.set_new_within(4);
    stages.set_rate(parameters[0].value, parameters[1].value);
    stages.tell(purchases);
    const engagement::stage_counts c = stages.counts();
    const int64_t counts[] = {c.prospects, c.fresh, c.active, c.at_risk, c.lapsed};
    for (int i = 0; i < 5; i++) {
        std::printf("%-10s %5ld\n", engagement::stage_text(i).c_str(), static_cast<long>(counts[i]));
    }
    std::vector<int32_t> stage_of;
    stages.column(stage_of);
    for (std::size_t i = 0; i < 5; i++) {
        std::printf("customer %d is %s\n", static_cast<int>(i), engagement::stage_text(stage_of[i]).c_str());
    }
    std::printf("silent for 20 weeks after 7 purchases in 10: %s, for a silence of probability %.6f\n",
                engagement::stage_text(stages.stage(6, 10, 30)).c_str(), stages.silence(6, 10, 30));
}

/* Columns of different length are an exception before the library sees them. */
static bool refuses()
{
    engagement::survival curve;
    try {
        curve.from_columns(std::vector<double>(3, 1.0), std::vector<char>(2, 1));
    } catch (const engagement::error &e) {
        return e.status() == ENG_INVALID_ARGUMENT;
    }
    return false;
}

/* Customers of two kinds, half of them online, who buy more often. */
static void covariates()
{
    static const char *const kinds[] = {"{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":8.0,\"a\":0.891,\"b\":1.614}",
                                        "{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":4.0,\"a\":0.891,\"b\":1.614}"};
    std::vector<double> ages, online, recency;
    std::vector<int64_t> frequency;
    engagement::model model, plain;
    engagement::purchases purchases;
    for (int kind = 0; kind < 2; kind++) {
        std::vector<double> half, last;
        std::vector<int64_t> bought;
        std::vector<char> valid;
        for (int i = 0; i < 500; i++) {
            half.push_back(20 + i % 20);
        }
        model.from_json(kinds[kind]);
        purchases.simulate(model, half, 7);
        purchases.column(ENG_PURCHASES_FREQUENCY, bought);
        purchases.column(ENG_PURCHASES_RECENCY, last, valid);
        ages.insert(ages.end(), half.begin(), half.end());
        online.insert(online.end(), half.size(), kind);
        frequency.insert(frequency.end(), bought.begin(), bought.end());
        recency.insert(recency.end(), last.begin(), last.end());
    }
    purchases.from_columns(frequency, recency, ages);
    purchases.set_covariate("online", online);

    model.add_covariate("online");
    model.fit("mbg-nbd", purchases);
    print_model(model);
    for (int kind = 0; kind < 2; kind++) {
        plain.of_customer(model, std::vector<double>(1, kind));
        std::printf("online %d: %.4f purchases in a year of one who bought twice more\n", kind,
                    plain.expected_purchases(2, 20, 30, 52));
    }
    std::vector<double> expected;
    double sums[2] = {0, 0};
    model.expected_purchases(purchases, 52, expected);
    for (std::size_t i = 0; i < expected.size(); i++) {
        sums[i >= 500] += expected[i];
    }
    std::printf("in a year %.4f purchases of those online, %.4f of the others\n", sums[1], sums[0]);
}

/* A posterior: what is known of the parameters, and how sure a prediction is. */
static void posterior()
{
    engagement::model model;
    engagement::purchases purchases;
    model.from_json("{\"model\":\"nbd\",\"r\":0.8,\"alpha\":10.0}");
    purchases.simulate(model, std::vector<double>(400, 40.0), 3);

    engagement::posterior drawn;
    drawn.set_draws(2, 500, 500);
    drawn.set_seed(1);
    drawn.set_prior("r", ENG_PRIOR_GAMMA, 2.0, 2.0);
    drawn.sample("nbd", purchases);
    std::printf("%ld draws of %ld chains, %ld astray\n", static_cast<long>(drawn.size()), static_cast<long>(drawn.chains()),
                static_cast<long>(drawn.divergences()));
    const std::vector<engagement::drawn_parameter> parameters = drawn.parameters();
    for (std::size_t i = 0; i < parameters.size(); i++) {
        const engagement::drawn_parameter &one = parameters[i];
        const engagement::interval ends = drawn.interval(static_cast<int64_t>(i), 0.9);
        std::printf("%-8s %10.4f +- %.4f, %.4f to %.4f, R-hat %.3f, %.0f and %.0f independent\n", one.name.c_str(), one.mean,
                    one.standard_deviation, ends.low, ends.high, one.r_hat, one.bulk_size, one.tail_size);
    }
    std::vector<double> each;
    drawn.column(0, each);
    double sum = 0;
    for (std::size_t i = 0; i < each.size(); i++) {
        model.from_posterior(drawn, static_cast<int64_t>(i));
        sum += model.expected_purchases(3, 30, 40, 52);
    }
    std::printf("in a year %.4f purchases of one who bought 3 times more; the first r drawn is %.4f\n",
                sum / static_cast<double>(each.size()), each[0]);
}

int main()
{
    try {
        contracts();
        stages_of_drawn();
        covariates();
        posterior();
        return refuses() ? 0 : 1;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
