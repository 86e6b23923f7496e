/*
 * Fits models with a prior and a penalty, says how far the fits can be trusted, tells the stages of customers, and values contracts;
 * fits a model to customers who differ in a known way, and draws models from a posterior.
 *
 *   cc models.c $(pkg-config --cflags --libs engagement) -o models
 */
#include <stdio.h>
#include <stdlib.h>

#include <engagement.h>

#define CUSTOMERS 1000
#define RENEWALS 8
#define BUYERS 400
#define DRAWS 1000
#define REFITS 100

/* The regular cohort of Fader & Hardie (2007), doi:10.1002/dir.20074: customers at the start, and after each renewal. */
static const int64_t still_there[RENEWALS] = {1000, 631, 468, 382, 326, 289, 262, 241};

static void check(int32_t status)
{
    char text[256];
    if (status != ENG_OK) {
        eng_status_text(status, text, sizeof text, NULL);
        fprintf(stderr, "error %d: %s\n", (int)status, text);
        exit(1);
    }
}

static void check_model(int32_t status, eng_model model)
{
    char text[1024];
    if (status != ENG_OK && eng_model_error(model, text, sizeof text, NULL) == ENG_OK) {
        fprintf(stderr, "model: %s\n", text);
    }
    check(status);
}

/* The parameters with their 90 % intervals. */
static void print_model(eng_model model)
{
    char name[64], letter[32];
    int64_t count, i;
    double value, error, low, high;
    int32_t present;

    check_model(eng_model_name(model, name, sizeof name, NULL), model);
    printf("%s\n", name);
    check_model(eng_model_parameter_count(model, &count), model);
    for (i = 0; i < count; i++) {
        check_model(eng_model_parameter_name(model, i, letter, sizeof letter, NULL), model);
        check_model(eng_model_parameter(model, i, &value, &error, &present), model);
        check_model(eng_model_interval(model, i, 0.9, &low, &high), model);
        printf("%-8s %10.4f %10.4f to %10.4f\n", letter, value, low, high);
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Contracts: how many are renewed, and what those are worth that were. */
static void contracts(void)
{
    eng_model smaller, larger;
    int64_t length = RENEWALS, degrees_of_freedom;
    static const int64_t renewed[3] = {0, 1, 7};
    double survival, rate, expected, residual, statistic, p_value, worth[3], share[REFITS];
    eng_model refitted;
    int64_t refits, failed, refit;

    check(eng_model_new(&smaller));
    check(eng_model_new(&larger));
    check_model(eng_model_fit_cohorts(smaller, "shifted-beta-geometric", -1, 1, &length, still_there), smaller);
    check_model(eng_model_fit_cohorts(larger, "beta-discrete-weibull", -1, 1, &length, still_there), larger);
    print_model(smaller);
    print_model(larger);
    check_model(eng_model_likelihood_ratio(larger, smaller, &statistic, &degrees_of_freedom, &p_value), larger);
    printf("likelihood ratio %.4f, %ld more, p = %.6f\n", statistic, (long)degrees_of_freedom, p_value);

    check_model(eng_model_survival(larger, 0, 12, &survival), larger);
    check_model(eng_model_retention_rate(larger, 12, &rate), larger);
    check_model(eng_model_expected_renewals(larger, 4, 12, &expected), larger);
    check_model(eng_model_discounted_renewals(larger, 4, 0.1, &residual), larger);
    printf("after 12 renewals %.4f are left, and %.4f of them came through the last\n", survival, rate);
    printf("of one renewed 4 times %.4f more of 12, worth %.4f periods\n", expected, residual);
    check_model(eng_model_discounted_renewals_column(larger, 3, renewed, 0.1, worth), larger);
    printf("those renewed 0, 1 and 7 times are worth %.4f, %.4f and %.4f\n", worth[0], worth[1], worth[2]);

    /* The same customers drawn again and again: anything may be asked of each refit. */
    check_model(eng_model_bootstrap(larger, NULL, REFITS, 7, &refits, &failed), larger);
    check(eng_model_new(&refitted));
    for (refit = 0; refit < refits; refit++) {
        check_model(eng_model_from_refit(refitted, larger, refit), refitted);
        check_model(eng_model_survival(refitted, 0, 12, &share[refit]), refitted);
    }
    qsort(share, (size_t)refits, sizeof share[0], ascending);
    printf("by %ld refits %.4f to %.4f are left after 12 renewals\n", (long)refits, share[refits / 20],
           share[refits - 1 - refits / 20]);
    check(eng_model_free(refitted));
    check(eng_model_free(smaller));
    check(eng_model_free(larger));
}

/* Customers drawn from a model: the fit, and who is still there. */
static void stages_of_drawn(void)
{
    static double ages[CUSTOMERS];
    static int32_t stage_of[CUSTOMERS];
    eng_model model;
    eng_purchases purchases;
    eng_stages stages;
    double r, alpha, error, probability, low, high, likely;
    int64_t rows, counts[5];
    int32_t present, stage;
    char text[32];
    int i;

    for (i = 0; i < CUSTOMERS; i++) {
        ages[i] = 1 + i % 39;
    }
    check(eng_model_new(&model));
    check_model(eng_model_from_json(model, "{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":6.183,\"a\":0.891,\"b\":1.614}", -1),
                model);
    check(eng_purchases_new(&purchases));
    check(eng_purchases_simulate(purchases, model, NULL, CUSTOMERS, ages, 7));

    check_model(eng_model_set_prior(model, "r", -1, ENG_PRIOR_GAMMA, 2.0, 4.0), model);
    check_model(eng_model_set_penalty(model, 0.0001), model);
    check_model(eng_model_set_threads(model, 1), model);
    check_model(eng_model_fit(model, "mbg-nbd", -1, purchases), model);
    print_model(model);
    check_model(eng_model_expected_purchases_interval_column(model, purchases, 39, 0.9, 38, 1, &low, &high), model);
    check_model(eng_model_log_likelihood_column(model, purchases, 38, 1, &likely), model);
    printf("customer 38, of log-likelihood %.4f, buys %.4f to %.4f times in 39 weeks on average\n", likely, low, high);

    check_model(eng_model_parameter(model, 0, &r, &error, &present), model);
    check_model(eng_model_parameter(model, 1, &alpha, &error, &present), model);
    check(eng_stages_new(&stages));
    check(eng_stages_set_new_within(stages, 4));
    check(eng_stages_set_rate(stages, r, alpha));
    check(eng_stages_tell(stages, purchases));
    check(eng_stages_count(stages, &rows, &counts[0], &counts[1], &counts[2], &counts[3], &counts[4]));
    for (i = 0; i < 5; i++) {
        check(eng_stage_text(i, text, sizeof text, NULL));
        printf("%-10s %5ld\n", text, (long)counts[i]);
    }
    check(eng_stages_column(stages, 0, rows, stage_of));
    for (i = 0; i < 5; i++) {
        check(eng_stage_text(stage_of[i], text, sizeof text, NULL));
        printf("customer %d is %s\n", i, text);
    }
    check(eng_stages_stage(stages, 6, 10, 30, &stage));
    check(eng_stages_silence(stages, 6, 10, 30, &probability));
    check(eng_stage_text(stage, text, sizeof text, NULL));
    printf("silent for 20 weeks after 7 purchases in 10: %s, for a silence of probability %.6f\n", text, probability);

    check(eng_stages_free(stages));
    check(eng_purchases_free(purchases));
    check(eng_model_free(model));
}

/* Customers of two kinds, half of them online, who buy more often: the coefficient, and what one of each kind will do. */
static void covariates(void)
{
    static const char *const kinds[2] = {"{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":8.0,\"a\":0.891,\"b\":1.614}",
                                         "{\"model\":\"mbg-nbd\",\"r\":0.525,\"alpha\":4.0,\"a\":0.891,\"b\":1.614}"};
    static int64_t frequency[CUSTOMERS];
    static double ages[CUSTOMERS], recency[CUSTOMERS], online[CUSTOMERS], expected[CUSTOMERS];
    eng_model model, plain;
    eng_purchases purchases;
    double value, sums[2] = {0, 0};
    int64_t half = CUSTOMERS / 2;
    int i, kind;

    check(eng_model_new(&model));
    check(eng_model_new(&plain));
    check(eng_purchases_new(&purchases));
    for (i = 0; i < CUSTOMERS; i++) {
        ages[i] = 20 + i % 20;
        online[i] = i >= half;
    }
    for (kind = 0; kind < 2; kind++) {
        check_model(eng_model_from_json(model, kinds[kind], -1), model);
        check(eng_purchases_simulate(purchases, model, NULL, half, ages + kind * half, 7));
        check(eng_purchases_int64_column(purchases, ENG_PURCHASES_FREQUENCY, 0, half, frequency + kind * half));
        check(eng_purchases_double_column(purchases, ENG_PURCHASES_RECENCY, 0, half, recency + kind * half, NULL));
    }
    check(eng_purchases_from_columns(purchases, CUSTOMERS, frequency, recency, ages, NULL, NULL, NULL));
    check(eng_purchases_set_covariate(purchases, "online", -1, CUSTOMERS, online));

    check_model(eng_model_add_covariate(model, "online", -1), model);
    check_model(eng_model_fit(model, "mbg-nbd", -1, purchases), model);
    print_model(model);
    for (kind = 0; kind < 2; kind++) {
        value = kind;
        check_model(eng_model_of_customer(plain, model, 1, &value), plain);
        check_model(eng_model_expected_purchases(plain, 2, 20.0, 30.0, 52.0, &value), plain);
        printf("online %d: %.4f purchases in a year of one who bought twice more\n", kind, value);
    }
    check_model(eng_model_expected_purchases_column(model, purchases, 52.0, 0, CUSTOMERS, expected), model);
    for (i = 0; i < CUSTOMERS; i++) {
        sums[i >= half] += expected[i];
    }
    printf("in a year %.4f purchases of those online, %.4f of the others\n", sums[1], sums[0]);
    check(eng_purchases_free(purchases));
    check(eng_model_free(plain));
    check(eng_model_free(model));
}

/* A posterior: what is known of the parameters, and how sure a prediction is. */
static void posterior(void)
{
    static double ages[BUYERS], each[DRAWS];
    char letter[32];
    eng_model model;
    eng_purchases purchases;
    eng_posterior drawn;
    int64_t parameters, chains, draws, divergences, i;
    double mean, deviation, r_hat, bulk, tail, low, high, sum = 0;

    for (i = 0; i < BUYERS; i++) {
        ages[i] = 40;
    }
    check(eng_model_new(&model));
    check(eng_purchases_new(&purchases));
    check(eng_posterior_new(&drawn));
    check_model(eng_model_from_json(model, "{\"model\":\"nbd\",\"r\":0.8,\"alpha\":10.0}", -1), model);
    check(eng_purchases_simulate(purchases, model, NULL, BUYERS, ages, 3));

    check(eng_posterior_set_draws(drawn, 2, 500, DRAWS / 2));
    check(eng_posterior_set_seed(drawn, 1));
    check(eng_posterior_set_prior(drawn, "r", -1, ENG_PRIOR_GAMMA, 2.0, 2.0));
    check(eng_posterior_sample(drawn, "nbd", -1, purchases));
    check(eng_posterior_count(drawn, &parameters, &chains, &draws, &divergences));
    printf("%ld draws of %ld chains, %ld astray\n", (long)draws, (long)chains, (long)divergences);
    for (i = 0; i < parameters; i++) {
        check(eng_posterior_parameter_name(drawn, i, letter, sizeof letter, NULL));
        check(eng_posterior_parameter(drawn, i, &mean, &deviation, &r_hat, &bulk, &tail));
        check(eng_posterior_interval(drawn, i, 0.9, &low, &high));
        printf("%-8s %10.4f +- %.4f, %.4f to %.4f, R-hat %.3f, %.0f and %.0f independent\n", letter, mean, deviation, low, high,
               r_hat, bulk, tail);
    }
    check(eng_posterior_column(drawn, 0, 0, draws, each));
    for (i = 0; i < draws; i++) {
        check_model(eng_model_from_posterior(model, drawn, i), model);
        check_model(eng_model_expected_purchases(model, 3, 30.0, 40.0, 52.0, &mean), model);
        sum += mean;
    }
    printf("in a year %.4f purchases of one who bought 3 times more; the first r drawn is %.4f\n", sum / (double)draws, each[0]);
    check(eng_posterior_free(drawn));
    check(eng_purchases_free(purchases));
    check(eng_model_free(model));
}

int main(void)
{
    contracts();
    stages_of_drawn();
    covariates();
    posterior();
    return 0;
}
