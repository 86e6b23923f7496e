/*
 * Scores a log with a rulebook, or fits the models to it, and prints every number as its bits, to be compared with other languages.
 *
 *   same_bits LOG.tsv RULEBOOK.toml AS_OF_US [columns|rows]
 *   same_bits models LOG.tsv UNTIL_US [columns|rows]
 *
 * The log has a line an interaction and 15 fields a line, separated by tabs, an empty field missing, without a heading:
 *   customer, at_us, kind, amount_micros, rating, reach, other, order, item, channel, unit, campaign, arm, cost_micros, id
 *
 * A line a customer comes out, in the order of the result, with numbers as 16 hexadecimal digits, or "-" for a missing one:
 *   key, engagement, say, stay, spend, points_say, points_stay, points_spend, coverage, level
 * and of models, lines of these sorts:
 *   purchases, key, frequency, paid, recency, age, value, first_value, log_gaps
 *   model, name, k, log_likelihood, aic, bic, and of every parameter its value and its standard error
 *   name, key, probability_alive, expected_purchases, probability_of_purchases, discounted_purchases
 *   gamma-gamma, key, expected_value
 *
 * The log goes in through column arrays, or, with "rows", an interaction at a time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <engagement.h>

#define FIELDS 15

/* What is predicted: over so many weeks, of so many purchases, and without end at this discount rate a week. */
#define WEEKS 39.0
#define PURCHASES 2
#define DELTA 0.0027

/* The fields of a line, in their order. */
static const int32_t numbers_of[FIELDS] = {
    ENG_FIELD_CUSTOMER, ENG_FIELD_AT,   ENG_FIELD_KIND,    ENG_FIELD_AMOUNT, ENG_FIELD_RATING,
    ENG_FIELD_REACH,    ENG_FIELD_OTHER, ENG_FIELD_ORDER,  ENG_FIELD_ITEM,   ENG_FIELD_CHANNEL,
    ENG_FIELD_UNIT,     ENG_FIELD_CAMPAIGN, ENG_FIELD_ARM, ENG_FIELD_COST,   ENG_FIELD_ID};

static void fail(const char *what)
{
    fprintf(stderr, "same_bits: %s\n", what);
    exit(1);
}

static void *get(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL) {
        fail("no memory");
    }
    return memory;
}

static void check(int32_t status, const char *what)
{
    char text[256];
    if (status != ENG_OK) {
        eng_status_text(status, text, sizeof text, NULL);
        fprintf(stderr, "%s: ", what);
        fail(text);
    }
}

/* A whole file, with a NUL behind it. */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t room = 0, got;
    *size = 0;
    if (file == NULL) {
        fail(path);
    }
    do {
        room = room * 2 + 65536;
        text = get(text, room + 1);
        got = fread(text + *size, 1, room - *size, file);
        *size += got;
    } while (*size == room);
    if (ferror(file)) {
        fail(path);
    }
    fclose(file);
    text[*size] = '\0';
    return text;
}

/* An integer of 64 bits; C90 has no function for one. */
static int64_t integer(const char *text)
{
    const int negative = *text == '-';
    int64_t value = 0;
    const char *digit = text + negative;
    if (*digit == '\0') {
        fail("an integer is missing");
    }
    for (; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9') {
            fail("not an integer");
        }
        value = value * 10 - (*digit - '0');
    }
    return negative ? value : -value;
}

static double number(const char *text)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0') {
        fail("not a number");
    }
    return value;
}

static int is_text(int field)
{
    return field != 1 && field != 3 && field != 4 && field != 5 && field != 13;
}

/* The lines of the log: pointers into its text, FIELDS a line. */
static char **split(char *text, size_t *rows)
{
    char **fields = NULL;
    size_t room = 0, count = 0;
    char *at = text;
    while (*at != '\0') {
        int field;
        if (count + FIELDS > room) {
            room = room * 2 + 1024 * FIELDS;
            fields = get(fields, room * sizeof *fields);
        }
        for (field = 0; field < FIELDS; field++) {
            const size_t length = strcspn(at, "\t\n");
            const char end = at[length];
            if ((end == '\t') == (field == FIELDS - 1)) {
                fail("a line has not 15 fields");
            }
            fields[count++] = at;
            at[length] = '\0';
            at += length + (end != '\0');
        }
    }
    *rows = count / FIELDS;
    return fields;
}

static void load_rows(eng_ledger ledger, char **fields, size_t rows)
{
    eng_batch row;
    size_t i;
    int f;
    check(eng_batch_new(&row), "batch");
    for (i = 0; i < rows; i++) {
        check(eng_batch_clear(row), "row");
        for (f = 0; f < FIELDS; f++) {
            const char *text = fields[i * FIELDS + (size_t)f];
            if (*text == '\0') {
                continue;
            }
            if (is_text(f)) {
                check(eng_batch_text(row, numbers_of[f], text, -1), "text");
            } else if (f == 4 || f == 5) {
                check(eng_batch_double(row, numbers_of[f], number(text)), "number");
            } else {
                check(eng_batch_int64(row, numbers_of[f], integer(text)), "integer");
            }
        }
        check(eng_ledger_append_row(ledger, row, NULL), "append");
    }
    check(eng_batch_free(row), "batch");
}

static void load_columns(eng_ledger ledger, char **fields, size_t rows)
{
    eng_batch batch;
    void *memory[FIELDS];
    char *valid[FIELDS];
    size_t i;
    int f;
    check(eng_batch_new(&batch), "batch");
    for (f = 0; f < FIELDS; f++) {
        valid[f] = get(NULL, rows);
        memory[f] = get(NULL, rows * 8);
        for (i = 0; i < rows; i++) {
            const char *text = fields[i * FIELDS + (size_t)f];
            valid[f][i] = *text != '\0';
            if (is_text(f)) {
                ((const char **)memory[f])[i] = valid[f][i] ? text : NULL;
            } else if (f == 4 || f == 5) {
                ((double *)memory[f])[i] = valid[f][i] ? number(text) : 0;
            } else {
                ((int64_t *)memory[f])[i] = valid[f][i] ? integer(text) : 0;
            }
        }
        if (is_text(f)) {
            check(eng_batch_string_column(batch, numbers_of[f], memory[f]), "column");
        } else if (f == 4 || f == 5) {
            check(eng_batch_double_column(batch, numbers_of[f], memory[f], 0, valid[f]), "column");
        } else {
            check(eng_batch_int64_column(batch, numbers_of[f], memory[f], 0, valid[f]), "column");
        }
    }
    if (eng_ledger_load(ledger, batch, (int64_t)rows, NULL) != ENG_OK) {
        char text[2048];
        eng_ledger_error(ledger, text, sizeof text, NULL);
        fail(text);
    }
    check(eng_batch_free(batch), "batch");
    for (f = 0; f < FIELDS; f++) {
        free(memory[f]);
        free(valid[f]);
    }
}

static void print_bits(double value, char valid)
{
    uint64_t bits;
    if (!valid) {
        printf("\t-");
        return;
    }
    memcpy(&bits, &value, sizeof bits);
    printf("\t%08lx%08lx", (unsigned long)(bits >> 32), (unsigned long)(bits & 0xffffffffu));
}

static void print_scores(eng_scores scores)
{
    int64_t rows, later, i, width;
    double *values[ENG_COLUMN_COVERAGE];
    char *valid[ENG_COLUMN_COVERAGE], *key;
    int32_t *levels, column;
    check(eng_scores_count(scores, &rows, &later), "count");
    check(eng_scores_key_width(scores, &width), "width");
    key = get(NULL, (size_t)width + 1);
    for (column = 0; column < ENG_COLUMN_COVERAGE; column++) {
        values[column] = get(NULL, (size_t)rows * sizeof *values[column]);
        valid[column] = get(NULL, (size_t)rows);
        check(eng_scores_double_column(scores, column + 1, 0, rows, values[column], valid[column]), "column");
    }
    levels = get(NULL, (size_t)rows * sizeof *levels);
    check(eng_scores_level_column(scores, 0, rows, levels), "levels");
    for (i = 0; i < rows; i++) {
        check(eng_scores_key(scores, i, key, width + 1, NULL), "key");
        printf("%s", key);
        for (column = 0; column < ENG_COLUMN_COVERAGE; column++) {
            print_bits(values[column][i], valid[column][i]);
        }
        printf("\t%d\n", (int)levels[i]);
    }
    for (column = 0; column < ENG_COLUMN_COVERAGE; column++) {
        free(values[column]);
        free(valid[column]);
    }
    free(levels);
    free(key);
}

static void score(eng_ledger ledger, const char *path, int64_t as_of)
{
    eng_rulebook rulebook;
    eng_scores scores;
    char *toml, said[2048];
    size_t toml_size;
    toml = read_file(path, &toml_size);
    check(eng_rulebook_new(&rulebook), "rulebook");
    if (eng_rulebook_from_toml(rulebook, toml, (int64_t)toml_size) != ENG_OK) {
        eng_rulebook_error(rulebook, said, sizeof said, NULL);
        fail(said);
    }
    check(eng_scores_new(&scores), "scores");
    if (eng_scores_score(scores, ledger, rulebook, as_of) != ENG_OK) {
        eng_scores_error(scores, said, sizeof said, NULL);
        fail(said);
    }
    print_scores(scores);
    check(eng_scores_free(scores), "scores");
    check(eng_rulebook_free(rulebook), "rulebook");
    free(toml);
}

/* A column of purchases, and which of it is there. */
struct column {
    double *values;
    char *valid;
};

static struct column read_column(eng_purchases purchases, int32_t number, int64_t rows)
{
    struct column column;
    column.values = get(NULL, (size_t)rows * sizeof *column.values);
    column.valid = get(NULL, (size_t)rows);
    check(eng_purchases_double_column(purchases, number, 0, rows, column.values, column.valid), "column");
    return column;
}

static void print_purchases(eng_purchases purchases, int64_t rows, const char *keys, size_t width)
{
    static const int32_t numbers[5] = {ENG_PURCHASES_RECENCY, ENG_PURCHASES_AGE, ENG_PURCHASES_VALUE, ENG_PURCHASES_FIRST_VALUE,
                                       ENG_PURCHASES_LOG_GAPS};
    struct column columns[5];
    int64_t *frequency = get(NULL, (size_t)rows * sizeof *frequency), *paid = get(NULL, (size_t)rows * sizeof *paid), i;
    int c;
    check(eng_purchases_int64_column(purchases, ENG_PURCHASES_FREQUENCY, 0, rows, frequency), "frequency");
    check(eng_purchases_int64_column(purchases, ENG_PURCHASES_PAID, 0, rows, paid), "paid");
    for (c = 0; c < 5; c++) {
        columns[c] = read_column(purchases, numbers[c], rows);
    }
    for (i = 0; i < rows; i++) {
        printf("purchases\t%s\t%ld\t%ld", keys + (size_t)i * width, (long)frequency[i], (long)paid[i]);
        for (c = 0; c < 5; c++) {
            print_bits(columns[c].values[i], columns[c].valid[i]);
        }
        printf("\n");
    }
    for (c = 0; c < 5; c++) {
        free(columns[c].values);
        free(columns[c].valid);
    }
    free(frequency);
    free(paid);
}

static void print_evidence(eng_model model, const char *name)
{
    double log_likelihood, customers, aic, bic, value, error;
    int64_t k, parameters, i;
    int32_t present;
    check(eng_model_evidence(model, &log_likelihood, &customers, &aic, &bic), "evidence");
    check(eng_model_k(model, &k, &present), "k");
    printf("model\t%s\t", name);
    if (present) {
        printf("%ld", (long)k);
    } else {
        printf("-");
    }
    print_bits(log_likelihood, 1);
    print_bits(aic, 1);
    print_bits(bic, 1);
    check(eng_model_parameter_count(model, &parameters), "parameters");
    for (i = 0; i < parameters; i++) {
        check(eng_model_parameter(model, i, &value, &error, &present), "parameter");
        print_bits(value, 1);
        print_bits(error, (char)present);
    }
    printf("\n");
}

static void print_predictions(eng_model model, const char *name, eng_purchases purchases, int64_t rows, const char *keys,
                              size_t width)
{
    const double ever = HUGE_VAL;
    double *columns[4];
    int64_t i;
    int count = 4, c;
    for (c = 0; c < 4; c++) {
        columns[c] = get(NULL, (size_t)rows * sizeof *columns[c]);
    }
    if (strcmp(name, "gamma-gamma") == 0) {
        count = 1;
        check(eng_model_expected_value_column(model, purchases, 0, rows, columns[0]), "expected value");
    } else {
        check(eng_model_probability_alive_column(model, purchases, 0, 0, rows, columns[0]), "probability alive");
        check(eng_model_expected_purchases_column(model, purchases, WEEKS, 0, rows, columns[1]), "expected purchases");
        check(eng_model_probability_of_purchases_column(model, purchases, PURCHASES, WEEKS, 0, rows, columns[2]), "probability");
        check(eng_model_discounted_purchases_column(model, purchases, ever, DELTA, 0, rows, columns[3]), "discounted purchases");
    }
    for (i = 0; i < rows; i++) {
        printf("%s\t%s", name, keys + (size_t)i * width);
        for (c = 0; c < count; c++) {
            print_bits(columns[c][i], 1);
        }
        printf("\n");
    }
    for (c = 0; c < 4; c++) {
        free(columns[c]);
    }
}

static void fit(eng_ledger ledger, int64_t until)
{
    static const char *const names[7] = {"nbd", "pareto-nbd", "bg-nbd", "mbg-nbd", "bg-cnbd-k", "mbg-cnbd-k", "gamma-gamma"};
    eng_purchases purchases;
    eng_model model;
    int64_t rows, prospects, earlier, width, i;
    char *keys, said[2048];
    int m;
    check(eng_purchases_new(&purchases), "purchases");
    if (eng_purchases_summarise(purchases, ledger, until) != ENG_OK) {
        eng_purchases_error(purchases, said, sizeof said, NULL);
        fail(said);
    }
    check(eng_purchases_count(purchases, &rows, &prospects, &earlier), "count");
    check(eng_purchases_key_width(purchases, &width), "width");
    width += 1;
    keys = get(NULL, (size_t)(rows * width));
    for (i = 0; i < rows; i++) {
        check(eng_purchases_key(purchases, i, keys + i * width, width, NULL), "key");
    }
    print_purchases(purchases, rows, keys, (size_t)width);
    check(eng_model_new(&model), "model");
    for (m = 0; m < 7; m++) {
        if (eng_model_fit(model, names[m], -1, purchases) != ENG_OK) {
            eng_model_error(model, said, sizeof said, NULL);
            fail(said);
        }
        print_evidence(model, names[m]);
        print_predictions(model, names[m], purchases, rows, keys, (size_t)width);
    }
    check(eng_model_free(model), "model");
    check(eng_purchases_free(purchases), "purchases");
    free(keys);
}

int main(int argc, char **argv)
{
    eng_ledger ledger;
    char *log, **fields;
    size_t size, rows;
    int models;
    if (argc != 4 && argc != 5) {
        fail("usage: same_bits LOG.tsv RULEBOOK.toml AS_OF_US [columns|rows], or: same_bits models LOG.tsv UNTIL_US [columns|rows]");
    }
    models = strcmp(argv[1], "models") == 0;
    log = read_file(argv[models ? 2 : 1], &size);
    fields = split(log, &rows);
    check(eng_ledger_new(&ledger), "ledger");
    if (argc == 5 && strcmp(argv[4], "rows") == 0) {
        load_rows(ledger, fields, rows);
    } else {
        load_columns(ledger, fields, rows);
    }
    if (models) {
        fit(ledger, integer(argv[3]));
    } else {
        score(ledger, argv[2], integer(argv[3]));
    }
    check(eng_ledger_free(ledger), "ledger");
    free(fields);
    free(log);
    return 0;
}
