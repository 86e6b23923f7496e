/*
 * Scores a small log through column arrays, and prints the scores, the counts by level, why one customer scores so, and what that
 * customer will do by fitted models in a rulebook.
 *
 *   cc client.c $(pkg-config --cflags --libs engagement) -o client
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <engagement.h>

#define ROWS 12

static const char *const customers[ROWS] = {"C0001", "C0001", "C0001", "C0001", "C0002", "C0002",
                                            "C0002", "C0003", "C0003", "C0004", "C0004", "C0004"};
static const char *const times[ROWS] = {
    "2026-01-05 10:00", "2026-02-11 15:30", "2026-02-20 09:00", "2026-03-01 12:00", "2026-01-20 11:15", "2026-02-02 16:45",
    "2026-02-03 08:30", "2026-02-15 18:00", "2026-02-28 18:20", "2025-06-30 13:00", "2025-07-04 10:10", "2026-03-05 14:40"};
static const char *const kinds[ROWS] = {"purchase",  "purchase", "review", "purchase", "purchase", "refund",
                                        "complaint", "visit",    "visit",  "purchase", "survey",   "purchase"};
static const char *const amounts[ROWS] = {"49.90", "120.00", NULL, "35.50", "19.99", "19.99",
                                          NULL,    NULL,     NULL, "250.00", NULL,   "80.00"};
static const double ratings[ROWS] = {0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0};
static const char has_rating[ROWS] = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0};

/* A rulebook with models that were fitted elsewhere. */
static const char rules[] =
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

/* Ends the program if a call without a handle failed. */
static void check(int32_t status)
{
    char text[256];
    if (status != ENG_OK) {
        eng_status_text(status, text, sizeof text, NULL);
        fprintf(stderr, "error %d: %s\n", (int)status, text);
        exit(1);
    }
}

static void check_ledger(int32_t status, eng_ledger ledger)
{
    char text[1024];
    if (status != ENG_OK && eng_ledger_error(ledger, text, sizeof text, NULL) == ENG_OK) {
        fprintf(stderr, "ledger: %s\n", text);
    }
    check(status);
}

static void check_scores(int32_t status, eng_scores scores)
{
    char text[1024];
    if (status != ENG_OK && eng_scores_error(scores, text, sizeof text, NULL) == ENG_OK) {
        fprintf(stderr, "scores: %s\n", text);
    }
    check(status);
}

static void print_score(double value, char valid)
{
    if (valid) {
        printf(" %10.4f", value);
    } else {
        printf(" %10s", "-");
    }
}

static eng_ledger load(void)
{
    eng_ledger ledger;
    eng_batch batch;
    int64_t at[ROWS], amount[ROWS], rows, recorded, duplicates, folded, rejected;
    char has_amount[ROWS];
    int32_t statuses[ROWS];
    int i;

    for (i = 0; i < ROWS; i++) {
        check(eng_parse_time(times[i], -1, "UTC", -1, &at[i]));
        has_amount[i] = amounts[i] != NULL;
        amount[i] = 0;
        if (amounts[i] != NULL) {
            check(eng_parse_money(amounts[i], -1, &amount[i]));
        }
    }
    check(eng_ledger_new(&ledger));
    check(eng_batch_new(&batch));
    check(eng_batch_string_column(batch, ENG_FIELD_CUSTOMER, customers));
    check(eng_batch_int64_column(batch, ENG_FIELD_AT, at, 0, NULL));
    check(eng_batch_string_column(batch, ENG_FIELD_KIND, kinds));
    check(eng_batch_int64_column(batch, ENG_FIELD_AMOUNT, amount, 0, has_amount));
    check(eng_batch_double_column(batch, ENG_FIELD_RATING, ratings, 0, has_rating));
    check_ledger(eng_ledger_load(ledger, batch, ROWS, statuses), ledger);
    check(eng_batch_free(batch));

    for (i = 0; i < ROWS; i++) {
        if (statuses[i] != ENG_RECORDED) {
            printf("row %d: status %d\n", i + 1, (int)statuses[i]);
        }
    }
    check_ledger(eng_ledger_totals(ledger, &rows, &recorded, &duplicates, &folded, &rejected), ledger);
    printf("%ld rows = %ld recorded + %ld duplicates + %ld folded + %ld rejected\n", (long)rows, (long)recorded,
           (long)duplicates, (long)folded, (long)rejected);
    return ledger;
}

static void print_all(eng_ledger ledger, eng_rulebook rulebook, int64_t as_of)
{
    eng_scores scores;
    int64_t rows, later, width, i, fully, engaged, not_engaged, disengaged, unknown, prospects;
    double *values[4];
    char *valid[4], *keys, level_text[32];
    int32_t *levels, column;

    check(eng_scores_new(&scores));
    check_scores(eng_scores_score(scores, ledger, rulebook, as_of), scores);
    check_scores(eng_scores_count(scores, &rows, &later), scores);
    check_scores(eng_scores_key_width(scores, &width), scores);

    keys = malloc((size_t)(rows * width));
    levels = malloc((size_t)rows * sizeof *levels);
    if (keys == NULL || levels == NULL) {
        check(ENG_NO_MEMORY);
    }
    check_scores(eng_scores_key_column(scores, 0, rows, width, keys), scores);
    check_scores(eng_scores_level_column(scores, 0, rows, levels), scores);
    for (column = 0; column < 4; column++) {
        values[column] = malloc((size_t)rows * sizeof *values[column]);
        valid[column] = malloc((size_t)rows);
        if (values[column] == NULL || valid[column] == NULL) {
            check(ENG_NO_MEMORY);
        }
        check_scores(
            eng_scores_double_column(scores, ENG_COLUMN_ENGAGEMENT + column, 0, rows, values[column], valid[column]), scores);
    }

    printf("customer engagement        say       stay      spend level\n");
    for (i = 0; i < rows; i++) {
        printf("%-8.*s", (int)width, keys + i * width);
        for (column = 0; column < 4; column++) {
            print_score(values[column][i], valid[column][i]);
        }
        check(eng_level_text(levels[i], level_text, sizeof level_text, NULL));
        printf(" %s\n", level_text);
    }
    check_scores(eng_scores_levels(scores, &fully, &engaged, &not_engaged, &disengaged, &unknown, &prospects), scores);
    printf("%ld fully engaged, %ld engaged, %ld not engaged, %ld actively disengaged, %ld unknown, %ld prospects\n", (long)fully,
           (long)engaged, (long)not_engaged, (long)disengaged, (long)unknown, (long)prospects);

    for (column = 0; column < 4; column++) {
        free(values[column]);
        free(valid[column]);
    }
    free(keys);
    free(levels);
    check(eng_scores_free(scores));
}

static void print_one(eng_ledger ledger, eng_rulebook rulebook, const char *customer, int64_t as_of)
{
    eng_scorecard card;
    int64_t count, i;
    double points;
    char rule[64];

    check(eng_scorecard_new(&card));
    check(eng_scorecard_score(card, ledger, rulebook, customer, -1, as_of));
    check(eng_scorecard_contribution_count(card, &count));
    printf("why %s scores so:\n", customer);
    for (i = 0; i < count; i++) {
        check(eng_scorecard_contribution(card, i, NULL, &points, NULL, rule, sizeof rule, NULL));
        printf("%-24s %10.4f\n", rule, points);
    }
    check(eng_scorecard_free(card));
}

static void print_amount(const char *name, int64_t micros)
{
    char text[32];
    check(eng_format_money(micros, text, sizeof text, NULL));
    printf("%-24s %s\n", name, text);
}

static void print_forecast(eng_ledger ledger, const char *customer, int64_t as_of)
{
    eng_rulebook rulebook;
    eng_scorecard card;
    double alive, purchases, order_value;
    int64_t lifetime_value, say, stay, spend;
    int32_t present;
    char text[1024];

    check(eng_rulebook_new(&rulebook));
    if (eng_rulebook_from_toml(rulebook, rules, -1) != ENG_OK) {
        eng_rulebook_error(rulebook, text, sizeof text, NULL);
        fprintf(stderr, "rulebook: %s\n", text);
        exit(1);
    }
    check(eng_scorecard_new(&card));
    check(eng_scorecard_score(card, ledger, rulebook, customer, -1, as_of));
    check(eng_scorecard_forecast(card, &alive, &purchases, &order_value, &lifetime_value, &say, &stay, &spend, &present));
    if (present != 127) {
        fprintf(stderr, "%s: no whole forecast\n", customer);
        exit(1);
    }
    printf("the next 39 weeks of %s:\n", customer);
    printf("%-24s %10.4f\n", "probability alive", alive);
    printf("%-24s %10.4f\n", "expected purchases", purchases);
    printf("%-24s %10.4f\n", "expected order value", order_value);
    print_amount("lifetime value", lifetime_value);
    print_amount("of it stay", stay);
    print_amount("of it spend", spend);
    check(eng_scorecard_free(card));
    check(eng_rulebook_free(rulebook));
}

int main(void)
{
    eng_ledger ledger;
    eng_rulebook rulebook;
    int64_t as_of;
    int32_t abi;
    char as_of_text[64];

    check(eng_abi_version(&abi));
    if (abi != ENG_ABI_VERSION) {
        fprintf(stderr, "the library has the binary interface %d, not %d\n", (int)abi, ENG_ABI_VERSION);
        return 1;
    }
    ledger = load();
    check(eng_parse_as_of("2026-03-31", -1, "UTC", -1, &as_of));
    check(eng_format_time(as_of, as_of_text, sizeof as_of_text, NULL));
    printf("as of %s\n", as_of_text);

    check(eng_rulebook_new(&rulebook));
    check(eng_rulebook_standard(rulebook));
    print_all(ledger, rulebook, as_of);
    print_one(ledger, rulebook, "C0001", as_of);
    print_forecast(ledger, "C0001", as_of);

    check(eng_rulebook_free(rulebook));
    check(eng_ledger_free(ledger));
    return 0;
}
