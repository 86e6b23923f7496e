/*
 * Scores a log with a rulebook and prints every number as its bits, to be compared with other languages.
 *
 *   same_bits LOG.tsv RULEBOOK.toml AS_OF_US [columns|rows]
 *
 * The log has a line an interaction and 15 fields a line, separated by tabs, an empty field missing, without a heading:
 *   customer, at_us, kind, amount_micros, rating, reach, other, order, item, channel, unit, campaign, arm, cost_micros, id
 *
 * A line a customer comes out, in the order of the result:
 *   key, engagement, say, stay, spend, points_say, points_stay, points_spend, coverage (16 hexadecimal digits, or "-"), level
 *
 * The log goes in through column arrays, or, with "rows", an interaction at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <engagement.h>

#define FIELDS 15

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

int main(int argc, char **argv)
{
    eng_ledger ledger;
    eng_rulebook rulebook;
    eng_scores scores;
    char *log, *toml, **fields, said[2048];
    size_t size, toml_size, rows;
    if (argc != 4 && argc != 5) {
        fail("usage: same_bits LOG.tsv RULEBOOK.toml AS_OF_US [columns|rows]");
    }
    log = read_file(argv[1], &size);
    toml = read_file(argv[2], &toml_size);
    fields = split(log, &rows);

    check(eng_ledger_new(&ledger), "ledger");
    if (argc == 5 && strcmp(argv[4], "rows") == 0) {
        load_rows(ledger, fields, rows);
    } else {
        load_columns(ledger, fields, rows);
    }
    check(eng_rulebook_new(&rulebook), "rulebook");
    if (eng_rulebook_from_toml(rulebook, toml, (int64_t)toml_size) != ENG_OK) {
        eng_rulebook_error(rulebook, said, sizeof said, NULL);
        fail(said);
    }
    check(eng_scores_new(&scores), "scores");
    if (eng_scores_score(scores, ledger, rulebook, integer(argv[3])) != ENG_OK) {
        eng_scores_error(scores, said, sizeof said, NULL);
        fail(said);
    }
    print_scores(scores);

    check(eng_scores_free(scores), "scores");
    check(eng_rulebook_free(rulebook), "rulebook");
    check(eng_ledger_free(ledger), "ledger");
    free(fields);
    free(toml);
    free(log);
    return 0;
}
