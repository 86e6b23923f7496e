/*
 * Scores a small log row by row, through the objects of engagement.hpp, and prints the scores, the counts by level, why one
 * customer scores so, and what that customer will do by fitted models in a rulebook.
 *
 *   c++ client.cpp $(pkg-config --cflags --libs engagement) -o client
 */
#include <cstdio>
#include <exception>

#include <engagement.hpp>

namespace {

/* A rulebook with models that were fitted elsewhere. */
const char rules_toml[] =
    "version = 1\n"
    "name = \"shop\"\n"
    "spend = { half_score = 200, weight = 1 }\n"
    "levels = { fully_engaged = 60, engaged = 30, not_engaged = 0 }\n"
    "\n"
    "[forecast]\n"
    "unit = \"week\"\n"
    "horizon = 39.0\n"
    "discount_rate = 0.1\n"
    "margin = 0.3\n"
    "\n"
    "[forecast.purchases]\n"
    "model = \"mbg-nbd\"\n"
    "r = 0.525\n"
    "alpha = 6.183\n"
    "a = 0.891\n"
    "b = 1.614\n"
    "\n"
    "[forecast.spend]\n"
    "p = 6.25\n"
    "q = 3.74\n"
    "v = 15.44\n"
    "\n"
    "[[rule]]\n"
    "name = \"purchases\"\n"
    "way = \"spend\"\n"
    "kind = \"purchase\"\n"
    "per_amount = 1.0\n"
    "half_life = \"180d\"\n";

struct row {
    const char *customer, *at, *kind, *amount;
    double rating;
};

const row sample[] = {
    {"C0001", "2026-01-05 10:00", "purchase", "49.90", -1},  {"C0001", "2026-02-11 15:30", "purchase", "120.00", -1},
    {"C0001", "2026-02-20 09:00", "review", 0, 5},           {"C0001", "2026-03-01 12:00", "purchase", "35.50", -1},
    {"C0002", "2026-01-20 11:15", "purchase", "19.99", -1},  {"C0002", "2026-02-02 16:45", "refund", "19.99", -1},
    {"C0002", "2026-02-03 08:30", "complaint", 0, -1},       {"C0003", "2026-02-15 18:00", "visit", 0, -1},
    {"C0003", "2026-02-28 18:20", "visit", 0, -1},           {"C0004", "2025-06-30 13:00", "purchase", "250.00", -1},
    {"C0004", "2025-07-04 10:10", "survey", 0, 9},           {"C0004", "2026-03-05 14:40", "purchase", "80.00", -1},
};

void record(engagement::ledger &ledger)
{
    engagement::batch rated;
    for (std::size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        const row &r = sample[i];
        const int64_t at = engagement::parse_time(r.at);
        if (r.rating >= 0) {
            rated.text(ENG_FIELD_CUSTOMER, r.customer);
            rated.int64(ENG_FIELD_AT, at);
            rated.text(ENG_FIELD_KIND, r.kind);
            rated.number(ENG_FIELD_RATING, r.rating);
            ledger.append_row(rated);
        } else if (r.amount != 0) {
            ledger.append(r.customer, at, r.kind, engagement::parse_money(r.amount));
        } else {
            ledger.append(r.customer, at, r.kind);
        }
    }
    const engagement::account a = ledger.totals();
    std::printf("%ld rows = %ld recorded + %ld duplicates + %ld folded + %ld rejected\n", long(a.rows), long(a.recorded),
                long(a.duplicates), long(a.folded), long(a.rejected));
}

void print_all(const engagement::ledger &ledger, const engagement::rulebook &rules, int64_t as_of)
{
    engagement::scores scores;
    scores.score(ledger, rules, as_of);
    std::vector<double> values[4];
    std::vector<char> valid[4];
    std::vector<int64_t> levels;
    for (int32_t column = 0; column < 4; column++) {
        scores.column(ENG_COLUMN_ENGAGEMENT + column, values[column], valid[column]);
    }
    scores.column(ENG_COLUMN_LEVEL, levels);

    std::printf("customer engagement        say       stay      spend level\n");
    for (std::size_t i = 0; i < levels.size(); i++) {
        std::printf("%-8s", scores.key(int64_t(i)).c_str());
        for (int column = 0; column < 4; column++) {
            if (valid[column][i]) {
                std::printf(" %10.4f", values[column][i]);
            } else {
                std::printf(" %10s", "-");
            }
        }
        std::printf(" %s\n", engagement::level_text(int32_t(levels[i])).c_str());
    }
    const engagement::level_counts c = scores.levels();
    std::printf("%ld fully engaged, %ld engaged, %ld not engaged, %ld actively disengaged, %ld unknown, %ld prospects\n",
                long(c.fully_engaged), long(c.engaged), long(c.not_engaged), long(c.actively_disengaged), long(c.unknown),
                long(c.prospects));
}

void print_forecast(const engagement::ledger &ledger, int64_t as_of)
{
    engagement::rulebook rules;
    rules.from_toml(rules_toml);
    engagement::scorecard card;
    card.score(ledger, rules, "C0001", as_of);
    const engagement::forecast f = card.forecast();
    if (f.present != 127) {
        throw std::runtime_error("no whole forecast");
    }
    std::printf("the next 39 weeks of C0001:\n");
    std::printf("%-24s %10.4f\n", "probability alive", f.probability_alive);
    std::printf("%-24s %10.4f\n", "expected purchases", f.expected_purchases);
    std::printf("%-24s %10.4f\n", "expected order value", f.expected_order_value);
    std::printf("%-24s %s\n", "lifetime value", engagement::format_money(f.lifetime_value).c_str());
    std::printf("%-24s %s\n", "of it stay", engagement::format_money(f.stay).c_str());
    std::printf("%-24s %s\n", "of it spend", engagement::format_money(f.spend).c_str());

    /* The same by hand: the models of the rulebook, and the purchases of the log. */
    engagement::model buying, spending;
    buying.from_rulebook(rules, ENG_MODEL_PURCHASES);
    spending.from_json("{\"model\":\"gamma-gamma\",\"p\":6.25,\"q\":3.74,\"v\":15.44}");
    engagement::purchases purchases;
    purchases.summarise(ledger, as_of);
    std::vector<double> alive, expected, value;
    buying.probability_alive(purchases, 0, alive);
    buying.expected_purchases(purchases, 39, expected);
    spending.expected_value(purchases, value);
    if (purchases.key(0) != "C0001" || alive[0] != f.probability_alive || expected[0] != f.expected_purchases ||
        value[0] != f.expected_order_value) {
        throw std::runtime_error("the rulebook and its models do not agree");
    }
}

/* What the objects promise beyond the numbers: exceptions with status and text, and documents as strings. */
void check_objects(const engagement::ledger &ledger, engagement::rulebook &rules, int64_t as_of)
{
    engagement::rulebook copy;
    copy.from_toml(rules.toml());
    if (copy.json() != rules.json()) {
        throw std::runtime_error("a rulebook is another one after saving and loading it");
    }
    engagement::scorecard card;
    try {
        card.score(ledger, rules, "nobody", as_of);
        throw std::runtime_error("an unknown customer has a score");
    } catch (const engagement::error &e) {
        if (e.status() != ENG_UNKNOWN_CUSTOMER || std::string(e.what()).find("nobody") == std::string::npos) {
            throw;
        }
    }
    engagement::purchases purchases;
    purchases.summarise(ledger, as_of);
    engagement::model model;
    try {
        model.fit("alchemy", purchases);
        throw std::runtime_error("an unknown model was fitted");
    } catch (const engagement::error &e) {
        if (e.status() != ENG_INVALID_ARGUMENT || std::string(e.what()).find("mbg-nbd") == std::string::npos) {
            throw;
        }
    }
    model.fit("nbd", purchases);
    copy.set_forecast(model, 26);
    model.from_rulebook(copy, ENG_MODEL_PURCHASES);
    if (model.name() != "nbd" || model.parameters().size() != 2 || model.parameters()[1].name != "alpha") {
        throw std::runtime_error("a model is another one after a rulebook held it");
    }
    engagement::ratios ratios;
    ratios.measure(ledger, rules, as_of);
    if (ratios.size() != 1 || ratios.sentence(0).empty()) {
        throw std::runtime_error("no overall ratio");
    }
}

} /* namespace */

int main()
{
    try {
        engagement::ledger ledger;
        record(ledger);
        engagement::rulebook rules;
        rules.standard();
        const int64_t as_of = engagement::parse_as_of("2026-03-31");
        std::printf("as of %s\n", engagement::format_time(as_of).c_str());
        print_all(ledger, rules, as_of);

        engagement::scorecard card;
        card.score(ledger, rules, "C0001", as_of);
        std::printf("why C0001 scores so:\n");
        const std::vector<engagement::contribution> all = card.contributions();
        for (std::size_t i = 0; i < all.size(); i++) {
            std::printf("%-24s %10.4f\n", all[i].rule.c_str(), all[i].points);
        }
        print_forecast(ledger, as_of);
        check_objects(ledger, rules, as_of);
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
