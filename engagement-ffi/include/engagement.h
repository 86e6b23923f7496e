/*
 * engagement.h: what each customer is worth to a business, from one log of interactions, in the three ways a customer can
 * add value: Say, Stay and Spend.
 *
 * Version 0.1.0. Generated from the sources of the library by
 *   ENGAGEMENT_BLESS=1 cargo test -p engagement-ffi --test header
 *
 * A first program
 * ---------------
 *   eng_ledger ledger;
 *   eng_rulebook rulebook;
 *   eng_scorecard card;
 *   int64_t at, amount;
 *   double engagement, say, stay, spend;
 *   int32_t present, level;
 *
 *   eng_ledger_new(&ledger);
 *   eng_parse_time("2026-03-01 10:00", -1, "Europe/Berlin", -1, &at);
 *   eng_parse_money("19.90", -1, &amount);
 *   eng_ledger_append(ledger, "ann", -1, at, "purchase", -1, &amount, NULL);
 *
 *   eng_rulebook_new(&rulebook);
 *   eng_rulebook_standard(rulebook);
 *   eng_scorecard_new(&card);
 *   eng_scorecard_score(card, ledger, rulebook, "ann", -1, at);
 *   eng_scorecard_scores(card, &engagement, &say, &stay, &spend, &present, &level);
 *
 * with every returned status checked. Whole programs in C, C++ and COBOL are in examples/.
 *
 * What holds for every function
 * -----------------------------
 * Status.   Every function returns a status: ENG_OK (0), or one of the negative numbers below. Those that every function with a handle
 *           can return besides the ones its comment names: ENG_PANIC, a bug of the library, caught.
 * Outputs.  They are the last arguments, and stay as they were when a function fails; the one exception is text that does not fit.
 *           Nothing is ever both input and output. Outputs may be misaligned.
 * Handles.  A handle is a number in the guise of a pointer: it is looked up, never followed. A handle that is null, was freed, or never
 *           was one gives ENG_INVALID_HANDLE, freeing null is fine. What eng_x_new gave, eng_x_free takes back.
 * Text in.  A pointer and a length in bytes, UTF-8, without NUL; the length -1 means that a NUL ends the text. At most 1 MiB, documents
 *           16 MiB; the ledger keeps texts of up to 65,535 bytes. A null or empty text where one is needed is ENG_MISSING_FIELD, as SQL's
 *           NULL is no customer called "". Text of a fixed width is trimmed in columns (eng_batch_fixed_column), nowhere else.
 * Text out. Your buffer and its capacity in bytes; the text is NUL-terminated, and `needed` is the capacity that holds all of it, NUL
 *           included. `needed` may be null. A null buffer of capacity 0 only asks for `needed`. Text that does not fit is cut
 *           between two characters, NUL-terminated, and the status is ENG_BUFFER_TOO_SMALL.
 * Errors.   The handle a function belongs to, its first argument, keeps the text of its last error: eng_ledger_error and its like.
 *           Each call on the handle clears it.
 * Memory.   No memory of the library is ever yours to free, and none of yours is kept, except columns bound to a batch. What grows with
 *           input is asked for in a way that can fail: ENG_NO_MEMORY, with nothing changed. What is left that ends the process if the system
 *           refuses it: small pieces of fixed size, such as an error's text, a handle, a parsed rulebook, or the stack of a thread.
 * Units.    Amounts are millionths of the currency unit, times microseconds since 1970-01-01 UTC, scores -100 to 100. A missing value is
 *           a validity byte of 0 (present: 1), never a special number. The numbers of models are doubles, in currency units and in the
 *           unit of time of the purchases they were fitted to.
 * Threads.  Any function can be called from any thread. A handle is locked inside: calls that change it run one at a time, calls that
 *           read it run in parallel, and so do calls on different handles. Threads that a call starts end within it.
 * Fork.     A forked child can read and free the handles of its parent, and make handles of its own; anything else is
 *           ENG_FORKED. Nothing ever hangs.
 * Panics.   A bug of the library is answered by ENG_PANIC. The handle is then poisoned: all it can do is tell its error and be freed, all
 *           else is ENG_POISONED. The process goes on.
 * Silence.  No signals, no exit, nothing on stdout or stderr, no environment variables, no locale, no files, no clock.
 * 64 bits.  COBOL: pass int64_t by value with SIZE AUTO or from an 8-byte item, never as a literal. VB6: pass it as Currency. Everything
 *           that varies by row can also be passed by reference: bind the fields of your record once (eng_batch_...), then call
 *           eng_ledger_append_row for each record.
 */
#ifndef ENGAGEMENT_H
#define ENGAGEMENT_H

#include <stdint.h>

/* The version of the library this header belongs to. eng_version tells that of the library that is loaded. */
#define ENG_VERSION "0.1.0"
#define ENG_VERSION_MAJOR 0
#define ENG_VERSION_MINOR 1
#define ENG_VERSION_PATCH 0
/* The same as one number, to compare by: major * 1000000 + minor * 1000 + patch. */
#define ENG_VERSION_NUMBER (ENG_VERSION_MAJOR * 1000000 + ENG_VERSION_MINOR * 1000 + ENG_VERSION_PATCH)

/* Define ENG_STATIC before this header to link the static library on Windows. */
#ifndef ENG_API
#if defined(_WIN32) && !defined(ENG_STATIC)
#define ENG_API __declspec(dllimport)
#else
#define ENG_API
#endif
#endif

/* The calling convention: what every language on 32-bit Windows speaks, and elsewhere that of C. */
#ifndef ENG_CALL
#if defined(_WIN32) && !defined(_WIN64)
#define ENG_CALL __stdcall
#else
#define ENG_CALL
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** A handle: every interaction, once. See eng_ledger_new. */
typedef struct eng_ledger_tag *eng_ledger;
/** A handle: tells which memory holds which field of the rows that are loaded. See eng_batch_new. */
typedef struct eng_batch_tag *eng_batch;
/** A handle: what gives points, and how points become levels. See eng_rulebook_new. */
typedef struct eng_rulebook_tag *eng_rulebook;
/** A handle: one customer's scores. See eng_scorecard_new. */
typedef struct eng_scorecard_tag *eng_scorecard;
/** A handle: the scores of all customers. See eng_scores_new. */
typedef struct eng_scores_tag *eng_scores;
/** A handle: the purchases of customers, summarised. See eng_purchases_new. */
typedef struct eng_purchases_tag *eng_purchases;
/** A handle: a model with its parameters. See eng_model_new. */
typedef struct eng_model_tag *eng_model;
/** A handle: models drawn from a posterior. See eng_posterior_new. */
typedef struct eng_posterior_tag *eng_posterior;
/** A handle: engagement ratios by group. See eng_ratios_new. */
typedef struct eng_ratios_tag *eng_ratios;
/** A handle: where the stages of customers part, and the customers' stages. See eng_stages_new. */
typedef struct eng_stages_tag *eng_stages;
/** A handle: customers scored by recency, frequency and monetary value. See eng_rfm_new. */
typedef struct eng_rfm_tag *eng_rfm;
/** A handle: the cohort table. See eng_retention_new. */
typedef struct eng_retention_tag *eng_retention;
/** A handle: a survival curve. See eng_survival_new. */
typedef struct eng_survival_tag *eng_survival;
/** A handle: a validation. See eng_validation_new. */
typedef struct eng_validation_tag *eng_validation;

/*
 * Status codes, and what the library says of itself
 * -------------------------------------------------
 */

/** The call did what it says. */
#define ENG_OK 0
/** An argument is outside its domain: a null pointer, a negative or absurd length, an unknown number. */
#define ENG_INVALID_ARGUMENT (-1)
/** The handle is null, stale, of another type, or not one of ours. */
#define ENG_INVALID_HANDLE (-2)
/** Text is not UTF-8, or holds a NUL. */
#define ENG_INVALID_UTF8 (-3)
/** A time cannot be read or lies outside the years 1 to 9999. */
#define ENG_INVALID_TIME (-4)
/** An amount cannot be read, or not exactly. */
#define ENG_INVALID_MONEY (-5)
/** A required field is missing or empty. */
#define ENG_MISSING_FIELD (-6)
/** A second currency met a ledger that has one. */
#define ENG_CURRENCY_MISMATCH (-7)
/** The id is taken by an interaction of the same customer with other content. */
#define ENG_ID_CONFLICT (-8)
/** The ledger does not know this customer. */
#define ENG_UNKNOWN_CUSTOMER (-9)
/** A rulebook cannot be read, breaks a rule of its own, or the handle is still empty. */
#define ENG_INVALID_RULEBOOK (-10)
/** The document needs a newer version of this library. */
#define ENG_UNSUPPORTED_VERSION (-11)
/** A number does not fit its type. */
#define ENG_OVERFLOW (-12)
/** Memory was refused, or the memory budget is used up. Nothing has changed. */
#define ENG_NO_MEMORY (-13)
/** The caller's buffer is too small; the needed size has been written. */
#define ENG_BUFFER_TOO_SMALL (-14)
/** Another thread cancelled the call. Nothing has changed. */
#define ENG_CANCELLED (-15)
/** A forked child asked a handle of its parent for more than reading. */
#define ENG_FORKED (-16)
/** An earlier ENG_PANIC left the handle unusable: free it. */
#define ENG_POISONED (-17)
/** A bug of this library, caught at its edge. The handle is poisoned. */
#define ENG_PANIC (-18)
/** A fit did not converge. */
#define ENG_FIT_FAILED (-19)
/** Stored data is damaged, or not of its format. */
#define ENG_CORRUPT_DATA (-20)
/**
 * The version of the binary interface: the number in the name libengagement.so.1. Functions are only ever added
 * to it.
 */
#define ENG_ABI_VERSION 1

/**
 * Gives the version of the binary interface the library was built with. A program compares it with the
 * ENG_ABI_VERSION it was compiled with.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output.
 */
ENG_API int32_t ENG_CALL eng_abi_version(int32_t *version);

/**
 * Gives the version of the library as text, such as 0.1.0.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_BUFFER_TOO_SMALL,
 * ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_version(char *buffer, int64_t capacity, int64_t *needed);

/**
 * Gives the version of the compiled-in time-zone data, such as 2026b.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_BUFFER_TOO_SMALL,
 * ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_zone_data_version(char *buffer, int64_t capacity, int64_t *needed);

/**
 * Says what a status code means, in a few words: the ledger does not know this customer. What went wrong in one
 * call, and where, is the text of the handle: eng_ledger_error and its like.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for a number that
 * is no status, ENG_BUFFER_TOO_SMALL.
 */
ENG_API int32_t ENG_CALL eng_status_text(int32_t status, char *buffer, int64_t capacity, int64_t *needed);

/*
 * Ledgers
 * -------
 */

/**
 * Makes an empty ledger: in UTC, without a currency, strict, without a memory budget.
 *
 * Since 0.1; any thread; free with eng_ledger_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_ledger_new(eng_ledger *ledger);

/**
 * Frees a ledger. Null is ignored; calls under way in other threads end as they would have.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_ledger_free(eng_ledger ledger);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded. Threads that share a
 * handle share its last error.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_ledger_error(eng_ledger ledger, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Sets the currency of all amounts by its ISO 4217 code, such as EUR.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: ENG_CURRENCY_MISMATCH if the ledger has
 * another one, ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_set_currency(eng_ledger ledger, const char *currency, int64_t currency_len);

/**
 * Sets the time zone of civil days by its name, such as Europe/Berlin, or a fixed offset such as +02:00.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: ENG_INVALID_ARGUMENT for an unknown zone,
 * ENG_MISSING_FIELD, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_set_zone(eng_ledger ledger, const char *zone, int64_t zone_len);

/**
 * Says what a load does with bad rows: 0, strict (the default), nothing is recorded if one row is bad; 1,
 * lenient, good rows are recorded and bad ones listed. eng_ledger_reject tells the bad rows either way.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for another number, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_set_lenient(eng_ledger ledger, int32_t lenient);

/**
 * Sets how many bytes the ledger may hold; 0 is no limit. A load that would need more fails with ENG_NO_MEMORY
 * and changes nothing.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a negative number, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_set_memory_budget(eng_ledger ledger, int64_t bytes);

/**
 * Sets an attribute of a customer, such as segment = wholesale, valid from a time on. Ratios can be asked by
 * attribute.
 *
 * Since 0.1; any thread, one at a time; the texts are copied. Errors: ENG_MISSING_FIELD, ENG_INVALID_TIME,
 * ENG_INVALID_UTF8, ENG_INVALID_ARGUMENT, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_set_attribute(eng_ledger ledger, const char *customer, int64_t customer_len,
    const char *name, int64_t name_len, const char *value, int64_t value_len, int64_t from_us);

/**
 * Counts interactions and customers.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_counts(eng_ledger ledger, int64_t *interactions, int64_t *customers);

/**
 * Gives the times of the earliest and the latest interaction, in microseconds since 1970 UTC. An empty ledger
 * has none: ENG_MISSING_FIELD.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD, ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_span(eng_ledger ledger, int64_t *earliest_us, int64_t *latest_us);

/**
 * Gives the memory the ledger holds, in bytes.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_heap_size(eng_ledger ledger, int64_t *bytes);

/**
 * Counts the kinds of interactions the ledger holds.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_kind_count(eng_ledger ledger, int64_t *kinds);

/**
 * Gives the name of the kind at an index, from 0, and how many interactions are of it.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_kind(eng_ledger ledger, int64_t kind, int64_t *interactions, char *buffer,
    int64_t capacity, int64_t *needed);

/**
 * Removes a customer: interactions, key, attributes, and the key where others name it. The number of
 * interactions removed may be left out by a null pointer; 0 if the ledger does not know the customer.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_MISSING_FIELD for an empty key, ENG_INVALID_UTF8,
 * ENG_INVALID_ARGUMENT, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_forget(eng_ledger ledger, const char *customer, int64_t customer_len,
    int64_t *removed);

/**
 * Removes the customers of the rows of a batch, all in one go; only ENG_FIELD_CUSTOMER needs to be bound.
 *
 * Since 0.1; any thread, one at a time; the batch is read as by eng_ledger_load. Errors: as eng_ledger_forget.
 */
ENG_API int32_t ENG_CALL eng_ledger_forget_rows(eng_ledger ledger, eng_batch batch, int64_t rows,
    int64_t *removed);

/*
 * Batches: which memory of yours holds which field of the rows
 * ------------------------------------------------------------
 */

/** The customer's key: text or int64. Required. */
#define ENG_FIELD_CUSTOMER 1
/** When it happened: int64, microseconds since 1970 in UTC. Required. */
#define ENG_FIELD_AT 2
/** What happened, such as purchase: text. Required. */
#define ENG_FIELD_KIND 3
/** Money that moved: int64 millionths; or double, rounded to the nearest millionth. */
#define ENG_FIELD_AMOUNT 4
/** A rating or survey answer: double or int64. */
#define ENG_FIELD_RATING 5
/** How many people it reached: double or int64. */
#define ENG_FIELD_REACH 6
/** The key of the other customer involved, such as the referrer: text or int64. */
#define ENG_FIELD_OTHER 7
/** The order or invoice: text. Lines of one customer, order and kind within one load are one interaction. */
#define ENG_FIELD_ORDER 8
/** The product, question or page: text. */
#define ENG_FIELD_ITEM 9
/** The channel: text. */
#define ENG_FIELD_CHANNEL 10
/** The business unit: text. */
#define ENG_FIELD_UNIT 11
/** The campaign or programme: text. */
#define ENG_FIELD_CAMPAIGN 12
/** The programme arm: text. */
#define ENG_FIELD_ARM 13
/** What it cost the business: int64 millionths or double, as the amount. */
#define ENG_FIELD_COST 14
/** The identity of the interaction within its customer: text. A row sent again is a duplicate. */
#define ENG_FIELD_ID 15
/**
 * The ISO 4217 code of the amount's currency, where rows carry one: text. Another one than the ledger's is
 * refused.
 */
#define ENG_FIELD_CURRENCY 16

/**
 * Makes an empty batch: a description of where the fields of rows are found. Bind each field to memory of
 * yours, or to one value for all rows; then eng_ledger_load reads as many rows as you say, and can do so block
 * after block with new contents in the same memory.
 *
 * Columns are borrowed, never copied: the memory must stay in place while it is bound, and unchanged while a
 * load reads it. Single values and their texts are copied. Values may be misaligned. A stride of 0 means that a
 * column is packed; any other stride is the distance in bytes between rows, for the values and for the validity
 * bytes alike: fields of a table of records. A validity byte is 1 where the value is present; a null validity
 * pointer means that all are.
 *
 * Since 0.1; any thread; free with eng_batch_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_batch_new(eng_batch *batch);

/**
 * Frees a batch; the memory it was bound to stays yours. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_batch_free(eng_batch batch);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_batch_error(eng_batch batch, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Unbinds every field.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_clear(eng_batch batch);

/**
 * Gives a field the same text in every row, or, by a null pointer, unbinds it. The text is copied.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a field that takes no text,
 * ENG_INVALID_UTF8, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_text(eng_batch batch, int32_t field, const char *value, int64_t value_len);

/**
 * Gives a field the same integer in every row.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a field that takes no integer,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_int64(eng_batch batch, int32_t field, int64_t value);

/**
 * Gives a field the same number in every row. NaN is a missing value.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a field that takes no double,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_double(eng_batch batch, int32_t field, double value);

/**
 * Binds a text field to one buffer in which the texts follow each other: row i is the bytes offsets[i] to
 * offsets[i + 1], so there is one offset more than there are rows. An empty text is missing.
 *
 * Since 0.1; any thread, one at a time; bytes, offsets and validity are borrowed: see eng_batch_new. Errors:
 * ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_text_column(eng_batch batch, int32_t field, const char *bytes,
    const int64_t *offsets, const char *valid);

/**
 * Binds a text field to a column of texts of a fixed width, padded at the end by spaces or NULs, which are not
 * part of the text. A field of nothing but padding is missing.
 *
 * Since 0.1; any thread, one at a time; bytes and validity are borrowed, stride: see eng_batch_new. Errors:
 * ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_fixed_column(eng_batch batch, int32_t field, const char *bytes,
    int64_t width, int64_t stride, const char *valid);

/**
 * Binds a text field to an array of pointers to NUL-terminated texts. A null pointer or an empty text is
 * missing.
 *
 * Since 0.1; any thread, one at a time; pointers and texts are borrowed: see eng_batch_new. Errors:
 * ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_string_column(eng_batch batch, int32_t field, const char *const *texts);

/**
 * Binds a field to a column of integers: keys, times, amounts in millionths, ratings.
 *
 * Since 0.1; any thread, one at a time; values and validity are borrowed, stride: see eng_batch_new. Errors:
 * ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_int64_column(eng_batch batch, int32_t field, const int64_t *values,
    int64_t stride, const char *valid);

/**
 * Binds a field to a column of doubles. NaN is a missing value; an infinity makes the row a bad one.
 *
 * Since 0.1; any thread, one at a time; values and validity are borrowed, stride: see eng_batch_new. Errors:
 * ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_batch_double_column(eng_batch batch, int32_t field, const double *values,
    int64_t stride, const char *valid);

/*
 * Rows into a ledger
 * ------------------
 */

/** The row is in the ledger. */
#define ENG_RECORDED 0
/** The ledger, or an earlier row of the load, had it already. */
#define ENG_DUPLICATE 1
/** It became part of another row of the same order. */
#define ENG_FOLDED 2

/**
 * Records one interaction. The amount is in millionths of the currency unit; null where there is none. The
 * outcome is ENG_RECORDED or ENG_DUPLICATE, and may be left out by a null pointer. For the other fields see
 * eng_ledger_append_row.
 *
 * Since 0.1; any thread, one at a time; the texts are copied. Errors: ENG_MISSING_FIELD, ENG_INVALID_TIME,
 * ENG_INVALID_MONEY, ENG_INVALID_UTF8, ENG_INVALID_ARGUMENT, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_append(eng_ledger ledger, const char *customer, int64_t customer_len,
    int64_t at_us, const char *kind, int64_t kind_len, const int64_t *amount_micros, int32_t *outcome);

/**
 * Records one interaction, with all the fields a batch binds: its first row. The outcome is ENG_RECORDED or
 * ENG_DUPLICATE, and may be left out by a null pointer.
 *
 * Since 0.1; any thread, one at a time. Errors: as eng_ledger_append, and ENG_ID_CONFLICT,
 * ENG_CURRENCY_MISMATCH.
 */
ENG_API int32_t ENG_CALL eng_ledger_append_row(eng_ledger ledger, eng_batch batch, int32_t *outcome);

/**
 * Loads rows from the memory a batch is bound to: all of them or, if one is bad, none (strict), or the good
 * ones (lenient: see eng_ledger_set_lenient). An error or a cancel leaves the ledger as it was.
 *
 * statuses has one number for each row: ENG_RECORDED, ENG_DUPLICATE, ENG_FOLDED, or the negative status that
 * says why the row was refused; it may be null, and is only written on success. The account is given by
 * eng_ledger_loaded, the refused rows by eng_ledger_reject, after a strict load that failed too.
 *
 * Since 0.1; any thread, one at a time; another thread may ask eng_ledger_progress or eng_ledger_cancel.
 * Errors: those of the first bad row if strict (ENG_MISSING_FIELD, ENG_INVALID_TIME, ENG_INVALID_MONEY,
 * ENG_INVALID_UTF8, ENG_INVALID_ARGUMENT, ENG_CURRENCY_MISMATCH, ENG_ID_CONFLICT, ENG_OVERFLOW), ENG_CANCELLED,
 * ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_load(eng_ledger ledger, eng_batch batch, int64_t rows, int32_t *statuses);

/**
 * Gives the account of the last load: rows = recorded + duplicates + folded + rejected. After a load that
 * failed all are 0.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_loaded(eng_ledger ledger, int64_t *rows, int64_t *recorded,
    int64_t *duplicates, int64_t *folded, int64_t *rejected);

/**
 * Gives the account of everything that was ever appended and loaded: rows = recorded + duplicates + folded +
 * rejected.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_totals(eng_ledger ledger, int64_t *rows, int64_t *recorded,
    int64_t *duplicates, int64_t *folded, int64_t *rejected);

/**
 * Gives the account of the last load, or of everything ever loaded, as JSON, with the refused rows counted by
 * reason: {"rows":3,"recorded":2,"duplicates":0,"folded":0,"rejected":1,"reasons":{"invalid_time":1}}.
 *
 * Since 0.1; any thread; text rules: see the head of this file. everything: 0 the last load, 1 all. Errors:
 * ENG_INVALID_ARGUMENT, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_account_json(eng_ledger ledger, int32_t everything, char *buffer,
    int64_t capacity, int64_t *needed);

/**
 * Counts the refused rows the last load lists.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_reject_count(eng_ledger ledger, int64_t *rejects);

/**
 * Tells of a refused row of the last load: its number in the load, from 1; the status that says why; and a
 * sentence, such as row 3, amount "-5": a purchase cannot be negative; a refund is meant. The numbers may be
 * left out by null pointers.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_reject(eng_ledger ledger, int64_t reject, int64_t *row, int32_t *status,
    char *buffer, int64_t capacity, int64_t *needed);

/**
 * Tells how many rows of how many the load under way in another thread has read; 0 of 0 if none is.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_progress(eng_ledger ledger, int64_t *done, int64_t *total);

/**
 * Cancels the load under way in another thread, or, if none is, the next one: it returns ENG_CANCELLED.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_cancel(eng_ledger ledger);

/*
 * Rulebooks
 * ---------
 */

/**
 * Makes an empty rulebook; load one into it before it is used.
 *
 * Since 0.1; any thread; free with eng_rulebook_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_rulebook_new(eng_rulebook *rulebook);

/**
 * Frees a rulebook. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_rulebook_free(eng_rulebook rulebook);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_rulebook_error(eng_rulebook rulebook, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Loads the standard rulebook, which has a rule for every standard kind and needs no configuration.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_standard(eng_rulebook rulebook);

/**
 * Loads the standard rulebook fitted to a ledger as it stood at a time: half of its customers then score above
 * 50, and ways it never shows weigh nothing. Save it by eng_rulebook_toml, so that scores stay comparable from
 * then on.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_NO_MEMORY, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_calibrated(eng_rulebook rulebook, eng_ledger ledger, int64_t as_of_us);

/**
 * Loads a rulebook from TOML. An error names the path in the document, the bad value, and what is allowed; the
 * handle keeps the rulebook it had.
 *
 * Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors:
 * ENG_INVALID_RULEBOOK, ENG_UNSUPPORTED_VERSION, ENG_INVALID_UTF8, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_from_toml(eng_rulebook rulebook, const char *toml, int64_t toml_len);

/**
 * Loads a rulebook from JSON; otherwise as eng_rulebook_from_toml.
 *
 * Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors: as
 * eng_rulebook_from_toml.
 */
ENG_API int32_t ENG_CALL eng_rulebook_from_json(eng_rulebook rulebook, const char *json, int64_t json_len);

/**
 * Gives the rulebook as TOML, which every version of this library from this one on reads.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_RULEBOOK while the handle
 * is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_toml(eng_rulebook rulebook, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives the rulebook as JSON.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: as eng_rulebook_toml.
 */
ENG_API int32_t ENG_CALL eng_rulebook_json(eng_rulebook rulebook, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives what a calibration had to say, a sentence a line: such as that there are too few customers to fit to.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: as eng_rulebook_toml.
 */
ENG_API int32_t ENG_CALL eng_rulebook_notes(eng_rulebook rulebook, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Counts the rules.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_RULEBOOK while the handle is empty, ENG_INVALID_ARGUMENT,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_rule_count(eng_rulebook rulebook, int64_t *count_out);

/**
 * Gives the name of the rule at an index, from 0.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, and as eng_rulebook_toml.
 */
ENG_API int32_t ENG_CALL eng_rulebook_rule_name(eng_rulebook rulebook, int64_t rule, char *buffer,
    int64_t capacity, int64_t *needed);

/*
 * One customer
 * ------------
 */

/** Engagement, −100 to 100: double, missing without any evidence. */
#define ENG_COLUMN_ENGAGEMENT 1
/** The Say score, −100 to 100: double, missing without evidence. */
#define ENG_COLUMN_SAY 2
/** The Stay score, −100 to 100: double, missing without evidence. */
#define ENG_COLUMN_STAY 3
/** The Spend score, −100 to 100: double, missing without evidence. */
#define ENG_COLUMN_SPEND 4
/** The points of Say: double, missing without evidence. */
#define ENG_COLUMN_POINTS_SAY 5
/** The points of Stay: double, missing without evidence. */
#define ENG_COLUMN_POINTS_STAY 6
/** The points of Spend: double, missing without evidence. */
#define ENG_COLUMN_POINTS_SPEND 7
/** How much of the weight of the three ways had evidence, 0 to 1: double. */
#define ENG_COLUMN_COVERAGE 8
/** The level: int64, one of ENG_LEVEL_.... */
#define ENG_COLUMN_LEVEL 9
/** 1 for a prospect, who has bought nothing yet; else 0: int64. */
#define ENG_COLUMN_PROSPECT 10
/** How many interactions were seen: int64. */
#define ENG_COLUMN_INTERACTIONS 11
/** When the first was: int64, microseconds since 1970 UTC. */
#define ENG_COLUMN_FIRST_AT 12
/** When the latest was: int64, microseconds since 1970 UTC. */
#define ENG_COLUMN_LAST_AT 13
/** How many interactions lie after the as-of and were not seen: int64, of a scorecard only. */
#define ENG_COLUMN_LATER 14
/** How many interactions lacked what the rule for them needs: int64, of a scorecard only. */
#define ENG_COLUMN_UNMATCHED 15
/** No evidence, so no level. */
#define ENG_LEVEL_UNKNOWN 0
/** Actively disengaged. */
#define ENG_LEVEL_ACTIVELY_DISENGAGED 1
/** Not engaged. */
#define ENG_LEVEL_NOT_ENGAGED 2
/** Engaged. */
#define ENG_LEVEL_ENGAGED 3
/** Fully engaged. */
#define ENG_LEVEL_FULLY_ENGAGED 4
/** Say: says good (or bad) things to others. */
#define ENG_WAY_SAY 1
/** Stay: keeps choosing the business. */
#define ENG_WAY_STAY 2
/** Spend: spends money, or more money. */
#define ENG_WAY_SPEND 3

/**
 * Gives the name of a level, such as fully engaged.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for a number that
 * is no level, ENG_BUFFER_TOO_SMALL.
 */
ENG_API int32_t ENG_CALL eng_level_text(int32_t level, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Makes an empty scorecard. It can be used again for any number of customers, one after the other.
 *
 * Since 0.1; any thread; free with eng_scorecard_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_scorecard_new(eng_scorecard *scorecard);

/**
 * Frees a scorecard. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_scorecard_free(eng_scorecard scorecard);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_scorecard_error(eng_scorecard scorecard, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Scores one customer as of a time, in microseconds since 1970 UTC: no later interaction is seen. On an error
 * the scorecard keeps what it had.
 *
 * Since 0.1; any thread, one at a time for a scorecard; threads with scorecards of their own score one ledger
 * in parallel. Errors: ENG_UNKNOWN_CUSTOMER, ENG_MISSING_FIELD, ENG_INVALID_TIME, ENG_INVALID_RULEBOOK for an
 * empty rulebook, ENG_INVALID_UTF8, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_score(eng_scorecard scorecard, eng_ledger ledger, eng_rulebook rulebook,
    const char *customer, int64_t customer_len, int64_t as_of_us);

/**
 * Gives the four scores, which of them there are, and the level. A score without evidence is not there: its
 * value is 0, and its bit in present is not set; the bits are 1 engagement, 2 Say, 4 Stay, 8 Spend.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the scorecard is empty, ENG_INVALID_ARGUMENT for a
 * null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_scores(eng_scorecard scorecard, double *engagement, double *say,
    double *stay, double *spend, int32_t *present, int32_t *level);

/**
 * Gives one of the double columns, ENG_COLUMN_ENGAGEMENT to ENG_COLUMN_COVERAGE and
 * ENG_COLUMN_PROBABILITY_ALIVE to ENG_COLUMN_EXPECTED_ORDER_VALUE, and whether it is there (1) or missing (0,
 * with the value 0). Without a forecast in the rulebook the latter are missing.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the scorecard is empty, ENG_INVALID_ARGUMENT,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_double(eng_scorecard scorecard, int32_t column, double *value,
    int32_t *present);

/**
 * Gives one of the int64 columns, ENG_COLUMN_LEVEL to ENG_COLUMN_UNMATCHED and ENG_COLUMN_LIFETIME_VALUE to
 * ENG_COLUMN_VALUE_SPEND, and whether it is there (1) or missing (0, with the value 0). Without a forecast in
 * the rulebook the latter are missing.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the scorecard is empty, ENG_INVALID_ARGUMENT,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_int64(eng_scorecard scorecard, int32_t column, int64_t *value,
    int32_t *present);

/**
 * Counts the contributions: the rules that gave points.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the scorecard is empty, ENG_INVALID_ARGUMENT for a
 * null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_contribution_count(eng_scorecard scorecard, int64_t *contributions);

/**
 * Gives a contribution by its index, from 0: its way, one of ENG_WAY_...; its points, which over a way add up
 * exactly to the points of that way; from how many interactions; and the name of the rule. Numbers may be left
 * out by null pointers.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the scorecard
 * is empty, ENG_INVALID_ARGUMENT for an index that does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_contribution(eng_scorecard scorecard, int64_t contribution, int32_t *way,
    double *points, int64_t *interactions, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Gives the whole scorecard as JSON, contributions included.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the scorecard
 * is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_json(eng_scorecard scorecard, char *buffer, int64_t capacity,
    int64_t *needed);

/*
 * Why a customer scores so
 * ------------------------
 */

/**
 * Scores one customer as eng_scorecard_score does, and says why.
 *
 * Since 0.1; any thread, one at a time for a scorecard. Errors: as eng_scorecard_score.
 */
ENG_API int32_t ENG_CALL eng_scorecard_explain(eng_scorecard scorecard, eng_ledger ledger,
    eng_rulebook rulebook, const char *customer, int64_t customer_len, int64_t as_of_us);

/**
 * Gives the explanation in plain sentences for the people at the counter, one a line.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD if no customer has
 * been explained, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_explanation(eng_scorecard scorecard, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives the explanation as JSON: scorecard, reasons, sentences.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: as eng_scorecard_explanation.
 */
ENG_API int32_t ENG_CALL eng_scorecard_explanation_json(eng_scorecard scorecard, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives the first time at which the level is lower if nothing happens, in microseconds since 1970 UTC, and that
 * level. If it does not fall within five years, present is 0 and so are the others.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD if no customer has been explained, ENG_INVALID_ARGUMENT for
 * a null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_falls(eng_scorecard scorecard, int64_t *at_us, int32_t *level,
    int32_t *present);

/*
 * All customers
 * -------------
 */

/**
 * Makes an empty result.
 *
 * Since 0.1; any thread; free with eng_scores_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_scores_new(eng_scores *scores);

/**
 * Frees a result. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_scores_free(eng_scores scores);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_scores_error(eng_scores scores, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Sets on how many threads to score; 0, the default, takes one a processor. The threads live inside the call;
 * the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_set_threads(eng_scores scores, int32_t threads);

/**
 * Says whether to keep the points of every rule (1) or not (0, the default): see eng_scores_rule_column.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for another number, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_set_contributions(eng_scores scores, int32_t contributions);

/**
 * Scores all customers of a ledger as of a time, in microseconds since 1970 UTC: no later interaction is seen,
 * and customers whose first one is later are not listed. The rows of the result are in key order: integers
 * ascending, then text by bytes. On an error the result keeps what it had.
 *
 * Since 0.1; any thread, one at a time for a result; another thread may ask eng_scores_progress or
 * eng_scores_cancel. Errors: ENG_CANCELLED, ENG_INVALID_TIME, ENG_INVALID_RULEBOOK for an empty rulebook,
 * ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_score(eng_scores scores, eng_ledger ledger, eng_rulebook rulebook,
    int64_t as_of_us);

/**
 * Tells how many customers of how many the scoring under way in another thread has scored; 0 of 0 if none is.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_progress(eng_scores scores, int64_t *done, int64_t *total);

/**
 * Cancels the scoring under way in another thread, or, if none is, the next one: it returns ENG_CANCELLED.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_cancel(eng_scores scores);

/**
 * Counts the rows, and the interactions that lie after the as-of and were not seen.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_count(eng_scores scores, int64_t *rows, int64_t *later);

/**
 * Gives the customer's key of one row.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the result is
 * empty, ENG_INVALID_ARGUMENT for a row that does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_key(eng_scores scores, int64_t row, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives the width of the longest key in bytes, for eng_scores_key_column.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_key_width(eng_scores scores, int64_t *width);

/**
 * Gives the keys of rows as text of a fixed width, padded by spaces, without NULs: count · width bytes. If a
 * key is wider, nothing is written.
 *
 * Since 0.1; any thread. Errors: ENG_BUFFER_TOO_SMALL if the width is too small, ENG_INVALID_ARGUMENT,
 * ENG_MISSING_FIELD while the result is empty, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_key_column(eng_scores scores, int64_t offset, int64_t count, int64_t width,
    char *keys);

/**
 * Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_int64_key_column(eng_scores scores, int64_t offset, int64_t count,
    int64_t *keys, char *valid);

/**
 * Gives rows of one of the double columns, ENG_COLUMN_ENGAGEMENT to ENG_COLUMN_COVERAGE and
 * ENG_COLUMN_PROBABILITY_ALIVE to ENG_COLUMN_EXPECTED_ORDER_VALUE. A missing value is 0, and so is its validity
 * byte; else the byte is 1. The validity may be left out by a null pointer.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty and for the
 * forecast of a rulebook that has none, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_double_column(eng_scores scores, int32_t column, int64_t offset,
    int64_t count, double *values, char *valid);

/**
 * Gives rows of one of the int64 columns, ENG_COLUMN_LEVEL to ENG_COLUMN_LAST_AT. None of them is ever missing.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_int64_column(eng_scores scores, int32_t column, int64_t offset,
    int64_t count, int64_t *values);

/**
 * Gives the levels of rows, as ENG_LEVEL_....
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_level_column(eng_scores scores, int64_t offset, int64_t count,
    int32_t *levels);

/**
 * Gives rows of the points that one rule gave, by its index in the rulebook; asked for by
 * eng_scores_set_contributions.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a rule or row that does not exist, or if
 * contributions were not asked for, ENG_MISSING_FIELD while the result is empty, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_rule_column(eng_scores scores, int64_t rule, int64_t offset, int64_t count,
    double *values, char *valid);

/**
 * Counts the customers by level; prospects, who have bought nothing yet, are counted apart.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_levels(eng_scores scores, int64_t *fully_engaged, int64_t *engaged,
    int64_t *not_engaged, int64_t *actively_disengaged, int64_t *unknown, int64_t *prospects);

/**
 * Gives the engagement ratio, fully engaged to actively disengaged, with its 95 % interval. What cannot be said
 * is not there: its value is 0, and its bit in present is not set; the bits are 1 ratio, 2 low, 4 high.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_ratio(eng_scores scores, double *ratio, double *low, double *high,
    int32_t *present);

/*
 * Purchases: what the models of repeat buying and of spend are fitted to
 * ----------------------------------------------------------------------
 */

/** A day. */
#define ENG_UNIT_DAY 1
/** Seven days; as a grain, a civil week from Monday. */
#define ENG_UNIT_WEEK 2
/** 30.4375 days; as a grain, a calendar month. */
#define ENG_UNIT_MONTH 3
/** Repeat purchases: int64. */
#define ENG_PURCHASES_FREQUENCY 1
/** Repeat purchases with net spend: int64. */
#define ENG_PURCHASES_PAID 2
/** Purchases in the holdout: int64. */
#define ENG_PURCHASES_HOLDOUT_FREQUENCY 3
/** Purchases in the holdout with net spend: int64. */
#define ENG_PURCHASES_HOLDOUT_PAID 4
/** From the first purchase to the last, in units: double. */
#define ENG_PURCHASES_RECENCY 5
/** From the first purchase to the end, in units: double. */
#define ENG_PURCHASES_AGE 6
/** Mean net spend of the repeat purchases with any, in currency units: double, missing without one. */
#define ENG_PURCHASES_VALUE 7
/** Net spend of the first purchase, in currency units: double, missing where it was free, or is not known. */
#define ENG_PURCHASES_FIRST_VALUE 8
/** The sum of the logarithms of the times between purchases, in units: double. */
#define ENG_PURCHASES_LOG_GAPS 9
/** Mean net spend of the purchases in the holdout with any, in currency units: double, missing without one. */
#define ENG_PURCHASES_HOLDOUT_VALUE 10

/**
 * Makes an empty summary of purchases: in weeks, counted by the day.
 *
 * Since 0.1; any thread; free with eng_purchases_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_purchases_new(eng_purchases *purchases);

/**
 * Frees a summary. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_purchases_free(eng_purchases purchases);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_purchases_error(eng_purchases purchases, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Sets the unit of times, ENG_UNIT_WEEK by default, and the grain, within which several purchases count as one,
 * ENG_UNIT_DAY by default. They hold for what is summarised from then on.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_units(eng_purchases purchases, int32_t time_unit, int32_t grain);

/**
 * Sets the zone whose calendar cuts the grains; without it, or for a null pointer, it is the ledger's.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for an unknown zone, ENG_INVALID_UTF8,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_zone(eng_purchases purchases, const char *zone, int64_t zone_len);

/**
 * Sets the end of the holdout, inclusive, in microseconds since 1970 UTC: what is bought after the end and up
 * to it is counted apart.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_holdout(eng_purchases purchases, int64_t holdout_us);

/**
 * Leaves out customers who bought before a time, in microseconds since 1970 UTC.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_acquired_from(eng_purchases purchases, int64_t acquired_from_us);

/**
 * Sets on how many threads to summarise; 0, the default, takes one a processor. The threads live inside the
 * call; the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_threads(eng_purchases purchases, int32_t threads);

/**
 * Summarises the purchases of a ledger up to a time, in microseconds since 1970 UTC. Rows are in key order. On
 * an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for a holdout before the
 * end, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_summarise(eng_purchases purchases, eng_ledger ledger, int64_t until_us);

/**
 * Takes purchases that were summarised elsewhere: arrays of rows numbers. Times are in the unit that was set.
 * The last three may be null: value, mean spend of the repeat purchases, in which a NaN or 0 is missing; paid,
 * how many of them had any, else all of those with a value; log_gaps, the sum of the logarithms of the times
 * between purchases, which bg-cnbd-k and mbg-cnbd-k are fitted to. The customers are called 0, 1, 2 and so on.
 * On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are copied. Errors: ENG_INVALID_ARGUMENT naming the row,
 * from 0, the column and the value, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_from_columns(eng_purchases purchases, int64_t rows,
    const int64_t *frequency, const double *recency, const double *age, const double *value,
    const int64_t *paid, const double *log_gaps);

/**
 * Counts the rows, the prospects, who have not bought yet, and the customers left out by
 * eng_purchases_set_acquired_from.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the summary is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_count(eng_purchases purchases, int64_t *rows, int64_t *prospects,
    int64_t *earlier);

/**
 * Gives the length of the holdout, in units: how far ahead to predict what its columns say.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the summary is empty or has no holdout,
 * ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_holdout_length(eng_purchases purchases, double *length);

/**
 * Gives the customer's key of one row.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the summary is
 * empty, ENG_INVALID_ARGUMENT for a row that does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_key(eng_purchases purchases, int64_t row, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Gives the width of the longest key in bytes, for eng_purchases_key_column.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the summary is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_key_width(eng_purchases purchases, int64_t *width);

/**
 * Gives the keys of rows as text of a fixed width, as eng_scores_key_column does.
 *
 * Since 0.1; any thread. Errors: ENG_BUFFER_TOO_SMALL if the width is too small, ENG_INVALID_ARGUMENT,
 * ENG_MISSING_FIELD while the summary is empty, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_key_column(eng_purchases purchases, int64_t offset, int64_t count,
    int64_t width, char *keys);

/**
 * Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the summary is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_int64_key_column(eng_purchases purchases, int64_t offset, int64_t count,
    int64_t *keys, char *valid);

/**
 * Gives rows of one of the int64 columns, ENG_PURCHASES_FREQUENCY to ENG_PURCHASES_HOLDOUT_PAID. None of them
 * is ever missing.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the summary is empty or has no
 * holdout, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_int64_column(eng_purchases purchases, int32_t column, int64_t offset,
    int64_t count, int64_t *values);

/**
 * Gives rows of one of the double columns, ENG_PURCHASES_RECENCY to ENG_PURCHASES_HOLDOUT_VALUE. A missing
 * value is 0, and so is its validity byte; else the byte is 1. The validity may be left out by a null pointer.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the summary is empty, has no
 * holdout, or was given no log_gaps, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_double_column(eng_purchases purchases, int32_t column, int64_t offset,
    int64_t count, double *values, char *valid);

/*
 * Models: loaded, saved, and their parameters
 * -------------------------------------------
 */

/** A model of purchases: how customers buy again and stop. */
#define ENG_MODEL_PURCHASES 1
/** A model of spend: what a purchase is worth. */
#define ENG_MODEL_SPEND 2

/**
 * Makes an empty model.
 *
 * Since 0.1; any thread; free with eng_model_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_model_new(eng_model *model);

/**
 * Frees a model. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_model_free(eng_model model);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_model_error(eng_model model, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Loads a model from JSON: its name and its parameters, with its covariates and their coefficients if it has
 * any, as eng_model_json gives them. On an error the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors:
 * ENG_INVALID_ARGUMENT naming the value and its domain, ENG_INVALID_UTF8, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_from_json(eng_model model, const char *json, int64_t json_len);

/**
 * Takes a model of a rulebook's forecast: that of purchases, ENG_MODEL_PURCHASES, or that of spend,
 * ENG_MODEL_SPEND. On an error the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_MISSING_FIELD for a rulebook without a forecast, or without
 * a model of spend, ENG_INVALID_ARGUMENT for another sort, ENG_INVALID_RULEBOOK for an empty rulebook,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_from_rulebook(eng_model model, eng_rulebook rulebook, int32_t sort);

/**
 * Gives the model as JSON: its name and its parameters, with its covariates and their coefficients if it has
 * any, no data.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the handle is
 * empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_json(eng_model model, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Gives the name of the model, such as mbg-nbd, with covariates or without.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: as eng_model_json.
 */
ENG_API int32_t ENG_CALL eng_model_name(eng_model model, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Counts the parameters.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the handle is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_parameter_count(eng_model model, int64_t *parameters);

/**
 * Gives the letter of the parameter at an index, from 0: the letters of the paper, in its order. Coefficients
 * of covariates come after them, by parameter and covariate, such as alpha: online.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, and as eng_model_json.
 */
ENG_API int32_t ENG_CALL eng_model_parameter_name(eng_model model, int64_t parameter, char *buffer,
    int64_t capacity, int64_t *needed);

/**
 * Gives the value of the parameter at an index, from 0, and its standard error. present says whether there is
 * one (1) or not (0, and the error is 0): there is none for a model that was not fitted here, and at a
 * boundary.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist or a null output,
 * ENG_MISSING_FIELD while the handle is empty, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_parameter(eng_model model, int64_t parameter, double *value,
    double *standard_error, int32_t *present);

/**
 * Gives k, the regularity of buying, of bg-cnbd-k and mbg-cnbd-k: whole, and no parameter among the others.
 * present says whether the model has one (1) or not (0, and k is 0).
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the handle is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_k(eng_model model, int64_t *k, int32_t *present);

/*
 * How a model is fitted, and to what
 * ----------------------------------
 */

/** No prior. */
#define ENG_PRIOR_NONE 0
/** Gamma; its numbers are shape and rate. */
#define ENG_PRIOR_GAMMA 1
/** Log-normal; its numbers are mean and standard deviation of the logarithm. */
#define ENG_PRIOR_LOG_NORMAL 2
/**
 * Half-normal; its first number is the standard deviation of the whole normal distribution, the second is not
 * looked at.
 */
#define ENG_PRIOR_HALF_NORMAL 3
/** Weibull; its numbers are shape and scale. */
#define ENG_PRIOR_WEIBULL 4

/**
 * Sets on how many threads to fit and to predict columns; 0, the default, takes one a processor. The threads
 * live inside the call; the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_threads(eng_model model, int32_t threads);

/**
 * Sets the weight of the sum of squared parameters: the next fit maximises log-likelihood / customers - penalty
 * * sum. 0 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for what is not a finite number of at
 * least 0, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_penalty(eng_model model, double penalty);

/**
 * Sets the prior of a parameter, by its letter, for the fits from then on, in place of the one it had:
 * ENG_PRIOR_GAMMA to ENG_PRIOR_WEIBULL with their numbers, or ENG_PRIOR_NONE. With priors a fit maximises
 * log-likelihood + sum of log-densities. Whether a model has the parameter is seen when it is fitted.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: ENG_INVALID_ARGUMENT for another prior, and
 * naming the number outside its domain, ENG_MISSING_FIELD, ENG_INVALID_UTF8, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_prior(eng_model model, const char *parameter, int64_t parameter_len,
    int32_t prior, double first, double second);

/**
 * Sets the values of the parameters, in their order, and of the coefficients if there are covariates, from
 * which the fits from then on search; for a count of 0 from those the data suggests, as by default. Whether a
 * model has as many, and parameters above 0, is seen when it is fitted.
 *
 * Since 0.1; any thread, one at a time; the array is copied. Errors: ENG_INVALID_ARGUMENT for a count that is
 * not 0 to 1024, a null pointer or what is not a finite number, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_start(eng_model model, int64_t count, const double *values);

/**
 * Sets k, the phases of a gap between purchases, with which bg-cnbd-k and mbg-cnbd-k are fitted from then on;
 * 0, the default, chooses the one from 1 to 12 that makes the purchases likeliest. No other model has one.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for what is not 0 to 12,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_k(eng_model model, int64_t k);

/**
 * Sets the number of steps over which a fit gives up; 500 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for what is not 0 to 4294967295,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_set_max_iterations(eng_model model, int64_t max_iterations);

/**
 * Fits a model, by its name, to purchases: nbd, pareto-nbd, bg-nbd, mbg-nbd, bg-cnbd-k, mbg-cnbd-k, or
 * gamma-gamma to what they were worth, by the options and the covariates set. mbg-nbd is the one to begin with.
 * On an error the handle keeps the model it had; the text of a fit that did not converge has the best point and
 * says what to try.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_FIT_FAILED, also for purchases that no model can be fitted
 * to, ENG_INVALID_ARGUMENT for an unknown name, for purchases without the log_gaps a model needs, and for
 * options and covariates that do not fit it, ENG_MISSING_FIELD for empty purchases, and for those without a
 * covariate that was set, which the text names, ENG_INVALID_UTF8, ENG_NO_MEMORY, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_fit(eng_model model, const char *name, int64_t name_len,
    eng_purchases purchases);

/**
 * Fits bg-bb to what customers did with fixed opportunities to buy: arrays of rows numbers, how many
 * opportunities were taken, the number of the last one taken (0 for none), how many there were (at most 10000),
 * and how many customers a row stands for; the last may be null, and then a row is one customer. On an error
 * the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are copied. Errors: ENG_FIT_FAILED, also for data that the
 * model cannot be fitted to, ENG_INVALID_ARGUMENT naming the row, from 0, the column and the value,
 * ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_fit_opportunities(eng_model model, int64_t rows, const int64_t *frequency,
    const int64_t *recency, const int64_t *chances, const int64_t *customers);

/**
 * Fits a model of contracts, shifted-beta-geometric or beta-discrete-weibull, to customers one by one: arrays
 * of rows, how often each contract was renewed, and a byte that says whether it still runs (not 0) or was lost
 * at the occasion after that (0). On an error the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are copied. Errors: ENG_FIT_FAILED, also for data that the
 * model cannot be fitted to, ENG_INVALID_ARGUMENT for an unknown name, and naming the row, from 0, the column
 * and the value, ENG_MISSING_FIELD without a name, ENG_INVALID_UTF8, ENG_NO_MEMORY, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_fit_contracts(eng_model model, const char *name, int64_t name_len,
    int64_t rows, const int64_t *renewals, const char *active);

/**
 * Fits a model of contracts, as eng_model_fit_contracts does, to cohorts of customers who began together: of
 * each cohort how many numbers it has, and those numbers, one cohort after the other: the customers at the
 * start, and those still there after each renewal. On an error the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are copied. Errors: as eng_model_fit_contracts, and
 * ENG_INVALID_ARGUMENT for more customers than before.
 */
ENG_API int32_t ENG_CALL eng_model_fit_cohorts(eng_model model, const char *name, int64_t name_len,
    int64_t cohorts, const int64_t *lengths, const int64_t *still_there);

/*
 * Customers who differ in known ways: covariates
 * ----------------------------------------------
 */

/**
 * Sets a covariate of the purchases, such as a channel or an age, by its name: an array of rows numbers, as
 * many as there are customers, in the order of the rows. It takes the place of the one of this name. What is
 * summarised anew has none.
 *
 * Since 0.1; any thread, one at a time; the text and the array are copied. Errors: ENG_INVALID_ARGUMENT for
 * another number of rows, a null pointer, and naming the row, from 0, of what is not a finite number,
 * ENG_MISSING_FIELD without a name and while the summary is empty, ENG_INVALID_UTF8, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_set_covariate(eng_purchases purchases, const char *name,
    int64_t name_len, int64_t rows, const double *values);

/**
 * Adds a covariate, by its name, to those that the fits from then on are made with. It scales every parameter
 * that can depend on one, with a coefficient for each: alpha and beta of pareto-nbd, alpha, a and b of bg-nbd
 * and mbg-nbd, v of gamma-gamma. A coefficient above 0 means more of what the parameter stands for: more
 * purchases, more dropping out, more spend. No other model takes any.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: ENG_INVALID_ARGUMENT for a name that is
 * there already, and for more than 256 of them, ENG_MISSING_FIELD without a name, ENG_INVALID_UTF8,
 * ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_add_covariate(eng_model model, const char *name, int64_t name_len);

/**
 * Takes away the covariates of the fits from then on. A model that was fitted with them keeps them.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_clear_covariates(eng_model model);

/**
 * Sets the weight of the sum of squared coefficients of covariates, which is subtracted as the penalty of the
 * parameters is: it keeps coefficients from running off where a covariate is rare. 0 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: as eng_model_set_penalty.
 */
ENG_API int32_t ENG_CALL eng_model_set_coefficient_penalty(eng_model model, double penalty);

/**
 * Counts the covariates of the model; 0 for one without.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the handle is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_covariate_count(eng_model model, int64_t *covariates);

/**
 * Gives the name of the covariate at an index, from 0, in the order in which eng_model_of_customer takes them.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, and as eng_model_json.
 */
ENG_API int32_t ENG_CALL eng_model_covariate(eng_model model, int64_t covariate, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Takes the plain model of one customer from a model with covariates, with: count values, one for each
 * covariate of that model, in its order. Then everything can be asked of it that can be asked of a model
 * without covariates. On an error the handle keeps the model it had. The two handles may be the same.
 *
 * Since 0.1; any thread, one at a time; the array is copied. Errors: ENG_INVALID_ARGUMENT for a model without
 * covariates, another number of values, a null pointer, and where a parameter leaves the range of numbers,
 * ENG_MISSING_FIELD for an empty model, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_of_customer(eng_model model, eng_model with, int64_t count,
    const double *values);

/*
 * How far a fit can be trusted
 * ----------------------------
 */

/**
 * Gives the evidence of a fit made here: the log-likelihood, how many customers it was fitted to, and the
 * criteria of Akaike and of Schwarz, of which the smaller is the better between models of the same purchases.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD for a model that was not fitted here, ENG_INVALID_ARGUMENT
 * for a null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_evidence(eng_model model, double *log_likelihood, double *customers,
    double *aic, double *bic);

/**
 * Gives what there is to know before trusting a fit made here, a sentence a line, and nothing where all is
 * well: parameters that the data does not bound, or spend that is not independent of frequency.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD for a model that was
 * not fitted here, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_notes(eng_model model, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Tells how the search for the parameters of a fit made here ended: the largest derivative of what was
 * maximised, by the logarithm of a parameter and per customer, parameters at a boundary left out; its steps and
 * its evaluations over all starts; and the starts.
 *
 * Since 0.1; any thread. Errors: as eng_model_evidence.
 */
ENG_API int32_t ENG_CALL eng_model_convergence(eng_model model, double *gradient_norm, int64_t *iterations,
    int64_t *evaluations, int64_t *starts);

/**
 * Says whether the parameter at an index, from 0, ran off to 0 or infinity in a fit made here (1), because the
 * data does not bound it, or not (0).
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist, and as
 * eng_model_evidence.
 */
ENG_API int32_t ENG_CALL eng_model_at_boundary(eng_model model, int64_t parameter, int32_t *at_boundary);

/**
 * Gives the covariance of the parameters at two indices, from 0, of a fit made here. present says whether there
 * is one (1) or not (0, and it is 0): there is none where a parameter is at a boundary.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist, and as
 * eng_model_evidence.
 */
ENG_API int32_t ENG_CALL eng_model_covariance(eng_model model, int64_t parameter, int64_t other,
    double *covariance, int32_t *present);

/**
 * Gives the confidence interval, of a level such as 0.95, of the parameter at an index, from 0, of a fit made
 * here: normal on the logarithm, as a coefficient of a covariate is itself, from the curvature of what was
 * maximised.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a level that is not between 0 and 1, an index that
 * does not exist, and where a parameter is at a boundary, and as eng_model_evidence.
 */
ENG_API int32_t ENG_CALL eng_model_interval(eng_model model, int64_t parameter, double level, double *low,
    double *high);

/**
 * Tests a model against one of which it is an extension, such as beta-discrete-weibull against
 * shifted-beta-geometric, or a model with covariates against the same without, both fitted here to the same
 * customers without priors and penalty: twice the difference of the log-likelihoods, how many parameters more
 * the larger model has, and the probability of such a statistic where the smaller model is true.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for models that are not nested so, or other customers,
 * and as eng_model_evidence for either.
 */
ENG_API int32_t ENG_CALL eng_model_likelihood_ratio(eng_model model, eng_model smaller, double *statistic,
    int64_t *degrees_of_freedom, double *p_value);

/*
 * Bootstraps: a model refitted to customers drawn from it
 * -------------------------------------------------------
 */

/**
 * Refits a model that was fitted here to replicates sets of customers drawn from it, who are watched as those
 * of the data were: the same ages, paid purchases, opportunities or renewal occasions. Gives how many refits
 * succeeded, and how many failed and are left out. The same seed gives the same answer on any number of
 * threads. purchases are those that the model was fitted to, with its covariates; null for models of
 * opportunities and of contracts, which keep what they were fitted to.
 *
 * Since 0.1; any thread, one at a time; another thread may ask eng_model_progress or eng_model_cancel. Errors:
 * ENG_FIT_FAILED where fewer than 20 refits succeed, ENG_INVALID_ARGUMENT for purchases where the model takes
 * none, for replicates that are not 1 to 100000, for a null output, for a customer who makes a million
 * purchases, and for contracts that did not begin together, ENG_MISSING_FIELD for empty purchases, a covariate
 * that they lack and a model that was not fitted here, ENG_CANCELLED, ENG_NO_MEMORY, ENG_INVALID_HANDLE, also
 * for purchases that are null where the model needs them, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_bootstrap(eng_model model, eng_purchases purchases,
    int64_t replicates_wanted, int64_t random_seed, int64_t *refits, int64_t *failed);

/**
 * Tells how many of how many replicates a bootstrap under way in another thread has drawn; 0 of 0 if none is.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_progress(eng_model model, int64_t *done, int64_t *total);

/**
 * Cancels the bootstrap under way in another thread, or, if none is, the next one: it returns ENG_CANCELLED,
 * the handle keeps what it had.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_cancel(eng_model model);

/**
 * Gives the interval, of a level such as 0.95, that holds the middle of the refits of eng_model_bootstrap: of
 * the parameter at an index, from 0.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before a bootstrap, ENG_INVALID_ARGUMENT for a level that is
 * not between 0 and 1 and an index that does not exist, and as eng_model_evidence.
 */
ENG_API int32_t ENG_CALL eng_model_bootstrap_interval(eng_model model, int64_t parameter, double level,
    double *low, double *high);

/**
 * Takes a refitted model of the bootstrap of fitted, by its number from 0, so that anything can be asked of it:
 * the middle of the answers of all refits is an interval of the answer. On an error the handle keeps the model
 * it had. The two handles may be the same, whose fit and refits are then gone.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_MISSING_FIELD before a bootstrap and for a model that was
 * not fitted here, ENG_INVALID_ARGUMENT for a number that does not exist, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_from_refit(eng_model model, eng_model fitted, int64_t refit);

/*
 * Posteriors: models drawn from what priors and purchases say of the parameters
 * -----------------------------------------------------------------------------
 */

/**
 * Makes an empty posterior: 4 chains of 1000 draws each, after a warm-up of 1000 steps.
 *
 * Since 0.1; any thread; free with eng_posterior_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_posterior_new(eng_posterior *posterior);

/**
 * Frees a posterior. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_posterior_free(eng_posterior posterior);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_posterior_error(eng_posterior posterior, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Sets how much is drawn from then on: chains, each from a start of its own, 4 by default; the steps of a chain
 * in which the sampler adapts itself, and which do not count, 1000 by default; and the draws of a chain after
 * that, 1000 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for chains that are not 1 to 1000, a
 * warm-up that is not 0 to 1000000, draws that are not 4 to 1000000, and for more than 1000000 draws of all
 * chains together, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_set_draws(eng_posterior posterior, int64_t chains, int64_t warm_up,
    int64_t draws);

/**
 * Sets the seed of the random numbers, 0 by default. The same seed gives the same draws on any number of
 * threads, on the same kind of machine: sums in the sampler depend on the processor's vector instructions, as
 * nothing else in this library does.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_set_seed(eng_posterior posterior, int64_t random_seed);

/**
 * Sets on how many threads to draw; 0, the default, takes one a processor. The threads live inside the call, a
 * chain on each.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_set_threads(eng_posterior posterior, int32_t threads);

/**
 * Sets k, the phases of a gap between purchases, of bg-cnbd-k and mbg-cnbd-k; 0, the default, takes that of the
 * likeliest parameters. It is not drawn. No other model has one.
 *
 * Since 0.1; any thread, one at a time. Errors: as eng_model_set_k.
 */
ENG_API int32_t ENG_CALL eng_posterior_set_k(eng_posterior posterior, int64_t k);

/**
 * Sets the prior of a parameter as eng_model_set_prior does. Every parameter has one: where none is set, its
 * logarithm is normal with the standard deviation 1.5 around that of a typical size, which is the mean age of
 * the customers for alpha and beta, the mean value of a purchase for v, and 1 for the others.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: as eng_model_set_prior.
 */
ENG_API int32_t ENG_CALL eng_posterior_set_prior(eng_posterior posterior, const char *parameter,
    int64_t parameter_len, int32_t prior, double first, double second);

/**
 * Draws models from the posterior of a model's parameters, by its name: nbd, pareto-nbd, bg-nbd, mbg-nbd,
 * bg-cnbd-k, mbg-cnbd-k, or gamma-gamma from what the purchases were worth. Chains start around the most likely
 * parameters. On an error the handle keeps the draws it had.
 *
 * Since 0.1; any thread, one at a time; it reports its progress and can be cancelled. Errors: ENG_FIT_FAILED
 * where the most likely parameters cannot be found, also for purchases that no model can be fitted to, and
 * where the sampler stopped, ENG_INVALID_ARGUMENT for an unknown name, for purchases without the log_gaps a
 * model needs, and for priors that do not fit it, ENG_MISSING_FIELD for empty purchases and without a name,
 * ENG_CANCELLED, ENG_INVALID_UTF8, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_sample(eng_posterior posterior, const char *name, int64_t name_len,
    eng_purchases purchases);

/**
 * Tells how far a drawing under way in another thread is: steps done, of how many; both are 0 when none is.
 * Never waits.
 *
 * Since 0.1; any thread, also while another one draws. Errors: ENG_INVALID_ARGUMENT for a null output,
 * ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_progress(eng_posterior posterior, int64_t *done, int64_t *total);

/**
 * Stops the drawing under way in another thread, or the next one if none is: it returns ENG_CANCELLED, the
 * handle keeps the draws it had. Never waits.
 *
 * Since 0.1; any thread, also while another one draws. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_cancel(eng_posterior posterior);

/**
 * Counts the parameters, the chains, the draws of all chains together, and those of them at which the sampler
 * went astray: where there are any, parts of the posterior may be left out.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the posterior is empty, ENG_INVALID_ARGUMENT for a
 * null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_count(eng_posterior posterior, int64_t *parameters, int64_t *chains,
    int64_t *draws, int64_t *divergences);

/**
 * Gives the letter of the parameter at an index, from 0, as eng_model_parameter_name does.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, ENG_MISSING_FIELD while the posterior is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_parameter_name(eng_posterior posterior, int64_t parameter, char *buffer,
    int64_t capacity, int64_t *needed);

/**
 * Gives what the draws say of the parameter at an index, from 0: their mean and standard deviation; R-hat,
 * which is 1 where the chains agree, and infinite where none of them moves; and how many independent draws
 * would know the middle of the distribution as well, and its 5 % and 95 % quantiles.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist or a null output,
 * ENG_MISSING_FIELD while the posterior is empty, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_parameter(eng_posterior posterior, int64_t parameter, double *mean,
    double *standard_deviation, double *r_hat, double *bulk_size, double *tail_size);

/**
 * Gives the credible interval, of a level such as 0.95, of the parameter at an index, from 0: the quantiles of
 * the draws that cut off the same share at both ends.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a level that is not between 0 and 1, and as
 * eng_posterior_parameter.
 */
ENG_API int32_t ENG_CALL eng_posterior_interval(eng_posterior posterior, int64_t parameter, double level,
    double *low, double *high);

/**
 * Gives draws of the parameter at an index, from 0: chain after chain, all of them of the same number of draws.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index and for draws that do not exist, and for a
 * null output, ENG_MISSING_FIELD while the posterior is empty, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_column(eng_posterior posterior, int64_t parameter, int64_t offset,
    int64_t count, double *values);

/**
 * Gives what speaks against trusting the draws, a sentence a line, and nothing where all is well: an R-hat
 * above 1.01, draws worth fewer than 400 independent ones, draws that went astray.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the posterior
 * is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_posterior_notes(eng_posterior posterior, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Takes the model of one draw of a posterior, from 0, chain after chain: to ask it what it predicts. On an
 * error the handle keeps the model it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a draw that does not exist,
 * ENG_MISSING_FIELD for an empty posterior, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_from_posterior(eng_model model, eng_posterior posterior, int64_t draw);

/*
 * What a model of purchases predicts
 * ----------------------------------
 */

/**
 * Gives the probability that a customer with frequency repeat purchases, the last of them recency units after
 * the first purchase, which was age units ago, still buys later units from now, if nothing more is seen; 0 is
 * now. Of a model with covariates eng_model_of_customer gives the one to ask.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, and for a model with
 * covariates or of something else, ENG_MISSING_FIELD while the model is empty, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_probability_alive(eng_model model, int64_t frequency, double recency,
    double age, double later, double *probability);

/**
 * Gives the mean number of purchases of a customer within the next t units; the customer is as in
 * eng_model_probability_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_expected_purchases(eng_model model, int64_t frequency, double recency,
    double age, double t, double *purchases);

/**
 * Gives the probability that a customer purchases exactly n times within the next t units; the customer is as
 * in eng_model_probability_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_probability_of_purchases(eng_model model, int64_t frequency, double recency,
    double age, int64_t n, double t, double *probability);

/**
 * Gives the discounted number of purchases of a customer within the next t units, which may be infinite, at the
 * continuous rate delta per unit: ln(1 + annual rate) divided by the units of a year. The customer is as in
 * eng_model_probability_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_discounted_purchases(eng_model model, int64_t frequency, double recency,
    double age, double t, double delta, double *purchases);

/**
 * Gives the bounds that hold a customer's number of purchases within the next t units with the probability
 * level; the customer is as in eng_model_probability_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_prediction_interval(eng_model model, int64_t frequency, double recency,
    double age, double t, double level, int64_t *low, int64_t *high);

/**
 * Gives eng_model_probability_alive of rows of purchases. A model with covariates takes those of each row by
 * their names.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive, and ENG_MISSING_FIELD while the purchases are
 * empty, and where they lack a covariate of the model, which the text names.
 */
ENG_API int32_t ENG_CALL eng_model_probability_alive_column(eng_model model, eng_purchases purchases,
    double later, int64_t offset, int64_t count, double *values);

/**
 * Gives eng_model_expected_purchases of rows of purchases.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_expected_purchases_column(eng_model model, eng_purchases purchases, double t,
    int64_t offset, int64_t count, double *values);

/**
 * Gives eng_model_probability_of_purchases of rows of purchases.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_probability_of_purchases_column(eng_model model, eng_purchases purchases,
    int64_t n, double t, int64_t offset, int64_t count, double *values);

/**
 * Gives eng_model_discounted_purchases of rows of purchases.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_discounted_purchases_column(eng_model model, eng_purchases purchases,
    double t, double delta, int64_t offset, int64_t count, double *values);

/**
 * Gives eng_model_prediction_interval of rows of purchases.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_prediction_interval_column(eng_model model, eng_purchases purchases,
    double t, double level, int64_t offset, int64_t count, int64_t *low, int64_t *high);

/*
 * What a model of spend says
 * --------------------------
 */

/**
 * Gives the mean value of the purchases of a customer who paid for paid of them, mean on average, in currency
 * units; 0 and 0 for a customer of whose spend nothing is known. The model is gamma-gamma.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT where the mean is infinite, for a model of purchases, and
 * as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_expected_value(eng_model model, int64_t paid, double mean, double *value);

/**
 * Gives eng_model_expected_value of rows of purchases. A model with covariates takes those of each row by their
 * names.
 *
 * Since 0.1; any thread. Errors: as eng_model_expected_value, and ENG_MISSING_FIELD while the purchases are
 * empty, and where they lack a covariate of the model, which the text names.
 */
ENG_API int32_t ENG_CALL eng_model_expected_value_column(eng_model model, eng_purchases purchases,
    int64_t offset, int64_t count, double *values);

/**
 * Gives the bounds that hold the mean value of the purchases of a customer with the probability level, cut
 * equally at both ends, given what the customer spent; the customer is as in eng_model_expected_value.
 *
 * Since 0.1; any thread. Errors: as eng_model_expected_value, and ENG_INVALID_ARGUMENT for a level that is not
 * between 0 and 1.
 */
ENG_API int32_t ENG_CALL eng_model_value_interval(eng_model model, int64_t paid, double mean, double level,
    double *low, double *high);

/**
 * Gives eng_model_value_interval of rows of purchases. A model with covariates takes those of each row by their
 * names.
 *
 * Since 0.1; any thread. Errors: as eng_model_expected_value_column, and ENG_INVALID_ARGUMENT for a level that
 * is not between 0 and 1.
 */
ENG_API int32_t ENG_CALL eng_model_value_interval_column(eng_model model, eng_purchases purchases, double level,
    int64_t offset, int64_t count, double *low, double *high);

/**
 * Tells whether spend by purchase depends on the number of purchases, which gamma-gamma takes it not to: the
 * customers compared, who paid for at least one repeat purchase, and the correlations of Pearson and of
 * Spearman. A correlation that there is none of, because one of the two does not vary, is 0, and its bit in
 * present is not set; the bits are 1 and 2.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the purchases are empty, ENG_INVALID_ARGUMENT for a
 * null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_independence(eng_purchases purchases, int64_t *customers,
    double *pearson, double *spearman, int32_t *present);

/*
 * How sure a fit is of what it predicts
 * -------------------------------------
 */

/**
 * Gives the confidence intervals, of a level such as 0.95, of eng_model_probability_alive_column, of a model
 * that was fitted here: by the delta method, normal on the log-odds. Where the probability itself is 0 or 1,
 * both ends are it. They tell how well the parameters are known; how many purchases a customer may make is told
 * by eng_model_prediction_interval_column.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column, ENG_MISSING_FIELD for a model that was
 * not fitted here, and ENG_INVALID_ARGUMENT for a level that is not between 0 and 1, and where a parameter is
 * at a boundary.
 */
ENG_API int32_t ENG_CALL eng_model_probability_alive_interval_column(eng_model model, eng_purchases purchases,
    double later, double level, int64_t offset, int64_t count, double *low, double *high);

/**
 * Gives the confidence intervals, of a level such as 0.95, of eng_model_expected_purchases_column, of a model
 * that was fitted here: by the delta method, normal on the logarithm.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_interval_column.
 */
ENG_API int32_t ENG_CALL eng_model_expected_purchases_interval_column(eng_model model, eng_purchases purchases,
    double t, double level, int64_t offset, int64_t count, double *low, double *high);

/**
 * Gives the confidence intervals, of a level such as 0.95, of eng_model_probability_of_purchases_column, of a
 * model that was fitted here: by the delta method, normal on the log-odds.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_interval_column.
 */
ENG_API int32_t ENG_CALL eng_model_probability_of_purchases_interval_column(eng_model model,
    eng_purchases purchases, int64_t n, double t, double level, int64_t offset, int64_t count, double *low,
    double *high);

/**
 * Gives the confidence intervals, of a level such as 0.95, of eng_model_discounted_purchases_column, of a model
 * that was fitted here: by the delta method, normal on the logarithm.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_interval_column.
 */
ENG_API int32_t ENG_CALL eng_model_discounted_purchases_interval_column(eng_model model,
    eng_purchases purchases, double t, double delta, double level, int64_t offset, int64_t count, double *low,
    double *high);

/**
 * Gives the confidence intervals, of a level such as 0.95, of eng_model_expected_value_column, of a model of
 * spend that was fitted here: by the delta method, normal on the logarithm. They tell how well the parameters
 * are known; what a customer's purchases may be worth on average is told by eng_model_value_interval_column.
 *
 * Since 0.1; any thread. Errors: as eng_model_expected_value_column, ENG_MISSING_FIELD for a model that was not
 * fitted here, and ENG_INVALID_ARGUMENT for a level that is not between 0 and 1, and where a parameter is at a
 * boundary.
 */
ENG_API int32_t ENG_CALL eng_model_expected_value_interval_column(eng_model model, eng_purchases purchases,
    double level, int64_t offset, int64_t count, double *low, double *high);

/*
 * What a model of contracts or of opportunities says
 * --------------------------------------------------
 */

/**
 * Gives the probability that a contract that was renewed renewed times is renewed the next t times too; a new
 * one was renewed 0 times.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, and for a model of
 * something else, ENG_OVERFLOW for what a double cannot work out, ENG_MISSING_FIELD while the model is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_survival(eng_model model, int64_t renewed, int64_t t, double *probability);

/**
 * Gives the share of the contracts that come to the renewal occasion t, from 1, and are renewed at it.
 *
 * Since 0.1; any thread. Errors: as eng_model_survival.
 */
ENG_API int32_t ENG_CALL eng_model_retention_rate(eng_model model, int64_t t, double *rate);

/**
 * Gives the probability that a new contract is lost at the renewal occasion t, from 1.
 *
 * Since 0.1; any thread. Errors: as eng_model_survival.
 */
ENG_API int32_t ENG_CALL eng_model_probability_of_loss(eng_model model, int64_t t, double *probability);

/**
 * Gives the mean number of renewals at the next t occasions of a contract that was renewed renewed times: its
 * expected lifetime, in periods, as far as t reaches.
 *
 * Since 0.1; any thread. Errors: as eng_model_survival.
 */
ENG_API int32_t ENG_CALL eng_model_expected_renewals(eng_model model, int64_t renewed, int64_t t,
    double *renewals);

/**
 * Gives the discounted number of all later renewals of a contract that was renewed renewed times and comes to
 * the next occasion, which is not discounted itself; rate is the discount rate by period, above 0. Times what a
 * period is worth it is the residual value of the customer.
 *
 * Since 0.1; any thread. Errors: as eng_model_survival.
 */
ENG_API int32_t ENG_CALL eng_model_discounted_renewals(eng_model model, int64_t renewed, double rate,
    double *renewals);

/**
 * Gives the probability that a customer who took frequency of so many opportunities to buy, the last of them at
 * the one numbered recency (0 for none), is active at the opportunity numbered later from now: the next one is
 * 1, the last one 0. The model is bg-bb; no number of opportunities is above 10000.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, and for another model,
 * ENG_OVERFLOW for what a double cannot work out, ENG_MISSING_FIELD while the model is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_alive(eng_model model, int64_t frequency, int64_t recency,
    int64_t chances, int64_t later, double *probability);

/**
 * Gives the mean number of purchases of a customer at the next n opportunities; the customer is as in
 * eng_model_opportunity_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_opportunity_alive.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_expected(eng_model model, int64_t frequency, int64_t recency,
    int64_t chances, int64_t n, double *purchases);

/**
 * Gives the probability that a customer purchases exactly k times at the next n opportunities; the customer is
 * as in eng_model_opportunity_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_opportunity_alive.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_probability(eng_model model, int64_t frequency, int64_t recency,
    int64_t chances, int64_t k, int64_t n, double *probability);

/**
 * Gives the discounted number of purchases of a customer at the next n opportunities, or at all of them where n
 * is -1; rate is the discount rate from one opportunity to the next, above 0. The customer is as in
 * eng_model_opportunity_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_opportunity_alive.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_discounted(eng_model model, int64_t frequency, int64_t recency,
    int64_t chances, int64_t n, double rate, double *purchases);

/**
 * Gives the bounds that hold a customer's number of purchases at the next n opportunities with the probability
 * level; the customer is as in eng_model_opportunity_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_opportunity_alive.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_interval(eng_model model, int64_t frequency, int64_t recency,
    int64_t chances, int64_t n, double level, int64_t *low, int64_t *high);

/*
 * The same of many contracts and of many customers with opportunities
 * -------------------------------------------------------------------
 */

/**
 * Gives eng_model_survival of many contracts: an array of rows numbers, how often each was renewed.
 *
 * Since 0.1; any thread; the array is copied. Errors: as eng_model_survival, naming the row, from 0, and
 * ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_model_survival_column(eng_model model, int64_t rows, const int64_t *renewed,
    int64_t t, double *values);

/**
 * Gives eng_model_retention_rate of many renewal occasions: an array of rows numbers, each from 1.
 *
 * Since 0.1; any thread; the array is copied. Errors: as eng_model_survival_column.
 */
ENG_API int32_t ENG_CALL eng_model_retention_rate_column(eng_model model, int64_t rows, const int64_t *t,
    double *values);

/**
 * Gives eng_model_probability_of_loss of many renewal occasions: an array of rows numbers, each from 1.
 *
 * Since 0.1; any thread; the array is copied. Errors: as eng_model_survival_column.
 */
ENG_API int32_t ENG_CALL eng_model_probability_of_loss_column(eng_model model, int64_t rows, const int64_t *t,
    double *values);

/**
 * Gives eng_model_expected_renewals of many contracts: an array of rows numbers, how often each was renewed.
 *
 * Since 0.1; any thread; the array is copied. Errors: as eng_model_survival_column.
 */
ENG_API int32_t ENG_CALL eng_model_expected_renewals_column(eng_model model, int64_t rows,
    const int64_t *renewed, int64_t t, double *values);

/**
 * Gives eng_model_discounted_renewals of many contracts: an array of rows numbers, how often each was renewed.
 *
 * Since 0.1; any thread; the array is copied. Errors: as eng_model_survival_column.
 */
ENG_API int32_t ENG_CALL eng_model_discounted_renewals_column(eng_model model, int64_t rows,
    const int64_t *renewed, double rate, double *values);

/**
 * Gives eng_model_opportunity_alive of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive, naming the row, from 0,
 * and ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_alive_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, int64_t later, double *values);

/**
 * Gives eng_model_opportunity_expected of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_expected_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, int64_t n, double *values);

/**
 * Gives eng_model_opportunity_probability of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_probability_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, int64_t k, int64_t n,
    double *values);

/**
 * Gives eng_model_opportunity_discounted of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_discounted_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, int64_t n, double rate,
    double *values);

/**
 * Gives eng_model_opportunity_interval of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_interval_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, int64_t n, double level,
    int64_t *low, int64_t *high);

/*
 * How likely a model makes what customers did
 * -------------------------------------------
 */

/**
 * Gives the log-likelihood of the purchases of a customer with frequency repeat purchases, the last of them
 * recency units after the first purchase, which was age units ago: that of when each was made. bg-cnbd-k and
 * mbg-cnbd-k leave out (k - 1) times the sum of the logarithms of the gaps, ENG_PURCHASES_LOG_GAPS, which these
 * three numbers do not tell.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive.
 */
ENG_API int32_t ENG_CALL eng_model_log_likelihood(eng_model model, int64_t frequency, double recency,
    double age, double *value);

/**
 * Gives the log-likelihood of what a customer spent who paid for paid purchases, mean on average, in currency
 * units; 0 and 0, of whose spend nothing is known, give 0. The model is gamma-gamma.
 *
 * Since 0.1; any thread. Errors: as eng_model_expected_value.
 */
ENG_API int32_t ENG_CALL eng_model_spend_log_likelihood(eng_model model, int64_t paid, double mean,
    double *value);

/**
 * Gives the log-likelihood of rows of purchases: eng_model_log_likelihood, and eng_model_spend_log_likelihood
 * of a model of spend. A model with covariates takes those of each row by their names.
 *
 * Since 0.1; any thread. Errors: as eng_model_probability_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_log_likelihood_column(eng_model model, eng_purchases purchases,
    int64_t offset, int64_t count, double *values);

/**
 * Gives the log-likelihood of a contract that was renewed renewed times and still runs (active is 1) or was
 * lost at the occasion after that (0).
 *
 * Since 0.1; any thread. Errors: as eng_model_survival.
 */
ENG_API int32_t ENG_CALL eng_model_contract_log_likelihood(eng_model model, int64_t renewed, int32_t active,
    double *value);

/**
 * Gives eng_model_contract_log_likelihood of many contracts: arrays of rows, how often each was renewed, and a
 * byte that says whether it still runs (not 0) or was lost (0).
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_survival_column.
 */
ENG_API int32_t ENG_CALL eng_model_contract_log_likelihood_column(eng_model model, int64_t rows,
    const int64_t *renewed, const char *active, double *values);

/**
 * Gives the log-likelihood of what a customer did with so many opportunities to buy; the customer is as in
 * eng_model_opportunity_alive.
 *
 * Since 0.1; any thread. Errors: as eng_model_opportunity_alive.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_log_likelihood(eng_model model, int64_t frequency,
    int64_t recency, int64_t chances, double *value);

/**
 * Gives eng_model_opportunity_log_likelihood of many customers: arrays of rows numbers.
 *
 * Since 0.1; any thread; the arrays are copied. Errors: as eng_model_opportunity_alive_column.
 */
ENG_API int32_t ENG_CALL eng_model_opportunity_log_likelihood_column(eng_model model, int64_t rows,
    const int64_t *frequency, const int64_t *recency, const int64_t *chances, double *values);

/*
 * Customers drawn from a model
 * ----------------------------
 */

/**
 * Draws a log into the ledger, beside what it holds: customers 0, 1, 2 and so on, who come evenly from one time
 * to another, in microseconds since 1970 UTC, and buy as the model says, in time_unit, until a third. Purchases
 * have amounts where the handle spend is not null. The share review_share of them is reviewed, by customers
 * whose contentment is beta distributed with the shapes contentment_a and contentment_b, which are not looked
 * at where the share is 0; and the share referred of the customers comes because an earlier one referred them.
 * The same seed gives the same log on any machine. On an error nothing is recorded.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, for a
 * model of something else, and for a customer who makes a million purchases, ENG_INVALID_TIME,
 * ENG_MISSING_FIELD for an empty model, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ledger_simulate(eng_ledger ledger, eng_model model, eng_model spend,
    int64_t customers, int64_t from_us, int64_t to_us, int64_t until_us, int32_t time_unit, double review_share,
    double contentment_a, double contentment_b, double referred, int64_t random_seed);

/**
 * Draws customers from a model of purchases, of rows ages in the unit that was set, and what they spend where
 * the handle spend is not null. The same seed gives the same customers on any number of threads and any
 * machine. They are called 0, 1, 2 and so on. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; the array is copied. Errors: ENG_INVALID_ARGUMENT naming the row, from
 * 0, of an age that is not a number of at least 0, for a model of something else, and for customers who
 * purchase more than 1000000000 times together, ENG_MISSING_FIELD for an empty model, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_purchases_simulate(eng_purchases purchases, eng_model model, eng_model spend,
    int64_t rows, const double *ages, int64_t random_seed);

/**
 * Draws contracts from a model of them, as they stand after so many renewal occasions: arrays of rows that
 * eng_model_fit_contracts takes, how often each was renewed, and a byte that says whether it still runs (1) or
 * was lost (0). The same seed gives the same contracts on any machine.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for rows and occasions that are not 0 to 4294967295, null
 * arrays, and a model of something else, ENG_MISSING_FIELD for an empty model, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_model_simulate_contracts(eng_model model, int64_t rows, int64_t occasions,
    int64_t random_seed, int64_t *renewed, char *active);

/**
 * Draws customers from bg-bb, and what they do with their first opportunities, at most 10000: arrays of rows
 * that eng_model_fit_opportunities takes, how many opportunities were taken, and the number of the last one
 * taken (0 for none). The same seed gives the same customers on any machine.
 *
 * Since 0.1; any thread. Errors: as eng_model_simulate_contracts, and ENG_INVALID_ARGUMENT for more
 * opportunities.
 */
ENG_API int32_t ENG_CALL eng_model_simulate_opportunities(eng_model model, int64_t rows, int64_t chances,
    int64_t random_seed, int64_t *frequency, int64_t *recency);

/*
 * Forecasts: what customers will do and are worth, by a rulebook with models
 * --------------------------------------------------------------------------
 */

/** The probability that the customer still buys: double, missing for a prospect. */
#define ENG_COLUMN_PROBABILITY_ALIVE 16
/**
 * The mean number of purchases within the horizon: double, missing for a prospect and for a horizon without
 * end.
 */
#define ENG_COLUMN_EXPECTED_PURCHASES 17
/** The same, each purchase discounted to the as-of: double, missing for a prospect. */
#define ENG_COLUMN_DISCOUNTED_PURCHASES 18
/**
 * The mean value of an order before costs, in currency units: double, missing for a prospect and without a
 * model of spend.
 */
#define ENG_COLUMN_EXPECTED_ORDER_VALUE 19
/**
 * What the purchases within the horizon are worth at the as-of: int64, millionths, missing as the order value
 * is.
 */
#define ENG_COLUMN_LIFETIME_VALUE 20
/**
 * The part of the value that is Say, credit for referred customers less credit given to the referrer: int64,
 * millionths, missing without a model of spend and for a prospect who has referred nobody.
 */
#define ENG_COLUMN_VALUE_SAY 21
/** The part of the value that is Stay, coming back: int64, millionths, missing as that of Say is. */
#define ENG_COLUMN_VALUE_STAY 22
/**
 * The part of the value that is Spend, spending more than the base value: int64, millionths, missing as that of
 * Say is.
 */
#define ENG_COLUMN_VALUE_SPEND 23

/**
 * Gives a loaded rulebook a forecast, in place of any it had: fitted models, and how far they look. The handle
 * spend may be null, and then there is no money in the forecast. time_unit and grain are those of the purchases
 * the models were fitted to; horizon is in units, and infinite for a forecast without end, which needs a
 * discount rate; discount_rate is by year, 0.1 for a tenth; margin is what is left of an order's value after
 * its costs, above 0 and at most 1. What else a forecast has, a document says.
 *
 * Since 0.1; any thread, one at a time; the models are copied. Errors: ENG_INVALID_ARGUMENT,
 * ENG_INVALID_RULEBOOK while the handle is empty and for what a forecast cannot be, ENG_MISSING_FIELD for an
 * empty model, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rulebook_set_forecast(eng_rulebook rulebook, eng_model purchases, eng_model spend,
    int32_t time_unit, int32_t grain, double horizon, double discount_rate, double margin);

/**
 * Gives the forecast of the rulebook for the customer: the probability that the customer still buys, the mean
 * number of purchases within the horizon, the mean value of an order in currency units, what those purchases
 * are worth, and the value by way; amounts are in millionths. What the forecast does not say is not there: its
 * value is 0, and its bit in present is not set; the bits are 1, 2, 4 and so on to 64, in the order of the
 * outputs. A prospect, or a rulebook without a forecast, has none; a forecast without a model of spend has the
 * first two; and a prospect who has referred customers has the value by way alone.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the scorecard is empty, ENG_INVALID_ARGUMENT for a
 * null output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scorecard_forecast(eng_scorecard scorecard, double *probability_alive,
    double *expected_purchases, double *expected_order_value, int64_t *lifetime_value_micros,
    int64_t *say_micros, int64_t *stay_micros, int64_t *spend_micros, int32_t *present);

/**
 * Gives rows of one of the columns of amounts, ENG_COLUMN_LIFETIME_VALUE to ENG_COLUMN_VALUE_SPEND, in
 * millionths. A missing amount is 0, and so is its validity byte; else the byte is 1. The validity may be left
 * out by a null pointer.
 *
 * Since 0.1; any thread. Errors: as eng_scores_double_column.
 */
ENG_API int32_t ENG_CALL eng_scores_money_column(eng_scores scores, int32_t column, int64_t offset,
    int64_t count, int64_t *micros, char *valid);

/**
 * Gives what all customers are worth together, in millionths: how many have a forecast, what their purchases
 * are worth, and the same by way. Say, Stay and Spend add up to the lifetime value exactly.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty and for a rulebook without a
 * forecast in money, ENG_OVERFLOW if a sum does not fit, ENG_INVALID_ARGUMENT for a null output,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_value(eng_scores scores, int64_t *customers, int64_t *lifetime_value_micros,
    int64_t *say_micros, int64_t *stay_micros, int64_t *spend_micros);

/*
 * Why all customers together are worth more, or less, than before
 * ---------------------------------------------------------------
 */

/**
 * Says why all customers together are worth more, or less, by these scores than by earlier ones, in millionths:
 * what they were worth, by customers who have a forecast now only, by those who had one then only, by the
 * purchases to come, by the value of an order, by credit for referrals, by the margin, and what they are worth.
 * The first plus the six lines is the last, exactly.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for scores of a rulebook without a forecast in money, and
 * a null output, ENG_MISSING_FIELD while either result is empty, ENG_OVERFLOW if a sum does not fit,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_scores_bridge(eng_scores scores, eng_scores before, int64_t *before_micros,
    int64_t *acquired_micros, int64_t *lost_micros, int64_t *stay_micros, int64_t *spend_micros,
    int64_t *say_micros, int64_t *margin_micros, int64_t *after_micros);

/*
 * Engagement ratios
 * -----------------
 */

/** One group of all customers. */
#define ENG_BY_ALL 0
/** A group for each business unit. */
#define ENG_BY_UNIT 1
/** A group for each channel. */
#define ENG_BY_CHANNEL 2
/** A group for each campaign. */
#define ENG_BY_CAMPAIGN 3
/** A group for each value of an attribute of the customers. */
#define ENG_BY_ATTRIBUTE 4

/**
 * Makes an empty list of ratios.
 *
 * Since 0.1; any thread; free with eng_ratios_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_ratios_new(eng_ratios *ratios);

/**
 * Frees a list of ratios. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_ratios_free(eng_ratios ratios);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_ratios_error(eng_ratios ratios, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Measures the engagement ratio as of a time, in microseconds since 1970 UTC, by groups: ENG_BY_ALL,
 * ENG_BY_UNIT, ENG_BY_CHANNEL, ENG_BY_CAMPAIGN or ENG_BY_ATTRIBUTE; the last needs the name of the attribute,
 * the others none (null). Customers without a group are the group none. On an error the list keeps what it had.
 *
 * Since 0.1; any thread, one at a time for a list; another thread may ask eng_ratios_progress or
 * eng_ratios_cancel. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD, ENG_INVALID_TIME, ENG_INVALID_RULEBOOK
 * for an empty rulebook, ENG_INVALID_UTF8, ENG_CANCELLED, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_measure(eng_ratios ratios, eng_ledger ledger, eng_rulebook rulebook,
    int64_t as_of_us, int32_t by, const char *attribute, int64_t attribute_len);

/**
 * Tells how many customers of how many the measurement under way in another thread has scored; 0 of 0 if none
 * is.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_progress(eng_ratios ratios, int64_t *done, int64_t *total);

/**
 * Cancels the measurement under way in another thread, or, if none is, the next one: it returns ENG_CANCELLED.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_cancel(eng_ratios ratios);

/**
 * Counts the groups; 0 before the first measurement.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_count(eng_ratios ratios, int64_t *groups);

/**
 * Gives the name of the group at an index, from 0.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_group(eng_ratios ratios, int64_t group, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Counts the customers of a group by level; prospects, who have bought nothing yet, are counted apart.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist or a null output,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_levels(eng_ratios ratios, int64_t group, int64_t *fully_engaged,
    int64_t *engaged, int64_t *not_engaged, int64_t *actively_disengaged, int64_t *unknown, int64_t *prospects);

/**
 * Gives the engagement ratio of a group with its 95 % interval; present is as of eng_scores_ratio.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for an index that does not exist or a null output,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_ratios_ratio(eng_ratios ratios, int64_t group, double *ratio, double *low,
    double *high, int32_t *present);

/**
 * Says the engagement ratio of a group in a sentence, with its interval and what bounds it.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: as eng_ratios_group.
 */
ENG_API int32_t ENG_CALL eng_ratios_sentence(eng_ratios ratios, int64_t group, char *buffer, int64_t capacity,
    int64_t *needed);

/*
 * Stages: new, active, at risk, lapsed
 * ------------------------------------
 */

/** Never bought. */
#define ENG_STAGE_PROSPECT 0
/** Bought once, not long ago. */
#define ENG_STAGE_NEW 1
/** Buys; the silence is nothing unusual. */
#define ENG_STAGE_ACTIVE 2
/** Silent for unusually long. */
#define ENG_STAGE_AT_RISK 3
/** Silent for so long that hardly anybody who still buys would be. */
#define ENG_STAGE_LAPSED 4

/**
 * Gives the name of a stage, such as at risk.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for a number that
 * is no stage, ENG_BUFFER_TOO_SMALL.
 */
ENG_API int32_t ENG_CALL eng_stage_text(int32_t stage, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Makes an empty list of stages.
 *
 * Since 0.1; any thread; free with eng_stages_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_stages_new(eng_stages *stages);

/**
 * Frees a list of stages. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_stages_free(eng_stages stages);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_stages_error(eng_stages stages, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Sets the age, in the unit of the purchases, up to which a customer who has bought once is new. It has no
 * standard: set it first.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for what is not a finite number of at
 * least 0, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_set_new_within(eng_stages stages, double new_within);

/**
 * Sets the probabilities of a silence as long as the customer's at which the stages part: at risk up to the
 * first, 0.2 by default, lapsed below the second, 0.05 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT unless they descend strictly between 1 and
 * 0, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_set_thresholds(eng_stages stages, double at_risk, double lapsed);

/**
 * Sets the purchase rates against which a silence is held: the parameters r and alpha of a fitted nbd,
 * pareto-nbd, bg-nbd or mbg-nbd. Two zeros take them away: without rates, as by default, a customer is held
 * against the own rhythm.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for what is not a finite number above 0,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_set_rate(eng_stages stages, double r, double alpha);

/**
 * Sets the gap between purchases against which customers are held who have bought only once, where no rates are
 * set; 0, the default, takes the lower median of the mean gaps of those who came back.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a negative number and one that is not
 * finite, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_set_typical_gap(eng_stages stages, double gap);

/**
 * Sets all of this from a rulebook with a section [stages], for customers whose times are in time_unit: the
 * rates are those of its forecast's model where that is nbd, pareto-nbd, bg-nbd or mbg-nbd.
 *
 * Since 0.1; any thread, one at a time; the options are copied. Errors: ENG_INVALID_RULEBOOK for a rulebook
 * that is empty or has no [stages], ENG_INVALID_ARGUMENT for another unit, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_from_rulebook(eng_stages stages, eng_rulebook rulebook, int32_t time_unit);

/**
 * Tells the stages of the rows of purchases, and counts their prospects too. On an error the handle keeps what
 * it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_MISSING_FIELD while the purchases are empty and before
 * eng_stages_set_new_within, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_tell(eng_stages stages, eng_purchases purchases);

/**
 * Tells the stages of customers that were summarised elsewhere: arrays of rows numbers, repeat purchases, the
 * time of the last since the first, and the time since the first. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are not kept. Errors: ENG_INVALID_ARGUMENT naming the row,
 * from 0, the column and the value, ENG_MISSING_FIELD before eng_stages_set_new_within, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_from_columns(eng_stages stages, int64_t rows, const int64_t *frequency,
    const double *recency, const double *age);

/**
 * Tells the stage of one customer with frequency repeat purchases, the last of them recency units after the
 * first purchase, which was age units ago: ENG_STAGE_NEW to ENG_STAGE_LAPSED. Without rates, one who has bought
 * only once needs a typical gap that was set.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, ENG_MISSING_FIELD before
 * eng_stages_set_new_within, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_stage(eng_stages stages, int64_t frequency, double recency, double age,
    int32_t *stage);

/**
 * Gives the probability of a silence at least as long as the customer's, if they still buy as before; the
 * customer is as in eng_stages_stage.
 *
 * Since 0.1; any thread. Errors: as eng_stages_stage.
 */
ENG_API int32_t ENG_CALL eng_stages_silence(eng_stages stages, int64_t frequency, double recency, double age,
    double *probability);

/**
 * Counts the rows, and the customers by stage; prospects have no row.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before stages were told, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_count(eng_stages stages, int64_t *rows, int64_t *prospects, int64_t *fresh,
    int64_t *active, int64_t *at_risk, int64_t *lapsed);

/**
 * Gives the stages of rows, as ENG_STAGE_...; the rows are those of the purchases, or of the columns.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD before stages were told,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_column(eng_stages stages, int64_t offset, int64_t count, int32_t *values);

/**
 * Gives the gap against which customers were held who have bought only once. present says whether there is one
 * (1) or not (0, and the gap is 0): there is none where rates were set.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before stages were told, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_stages_typical_gap(eng_stages stages, double *gap, int32_t *present);

/*
 * Scores and segments by recency, frequency and monetary value
 * ------------------------------------------------------------
 */

/** Days since the last purchase: the fewer, the higher the score. */
#define ENG_RFM_RECENCY 1
/** Number of purchases. */
#define ENG_RFM_FREQUENCY 2
/** Money spent, in currency units. */
#define ENG_RFM_MONETARY 3

/**
 * Makes an empty result.
 *
 * Since 0.1; any thread; free with eng_rfm_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_rfm_new(eng_rfm *rfm);

/**
 * Frees a result. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_rfm_free(eng_rfm rfm);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_rfm_error(eng_rfm rfm, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Sets the number of scores of each measure, 2 to 10; 5 by default. The standard segments are for 5: with
 * another number set others.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_set_bins(eng_rfm rfm, int32_t bins);

/**
 * Sets own cuts of a measure, ENG_RFM_RECENCY to ENG_RFM_MONETARY, one fewer than scores, in any order; for a
 * count of 0 quantiles cut, as by default. With the cuts of an earlier result two results compare.
 *
 * Since 0.1; any thread, one at a time; the array is copied. Errors: ENG_INVALID_ARGUMENT for another measure,
 * a count that is not 0 to 9, a null pointer and what is not finite, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED. That there are as many cuts as the scores need is seen when customers are scored.
 */
ENG_API int32_t ENG_CALL eng_rfm_set_cuts(eng_rfm rfm, int32_t measure, int64_t count, const double *cuts);

/**
 * Sets the segments by a JSON list; of several that name the same scores the first counts, and whom none names
 * is in others. A segment is an object of its name and of the lowest and highest score of each measure that it
 * looks at: [{"name": "champions", "recency": [5, 5], "frequency": [4, 5]}, ...]. Without, there are the eleven
 * in common use.
 *
 * Since 0.1; any thread, one at a time; the text is copied. Errors: ENG_INVALID_ARGUMENT for what is no such
 * list, ENG_INVALID_UTF8, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED. That the scores of a segment exist is
 * seen when customers are scored.
 */
ENG_API int32_t ENG_CALL eng_rfm_set_segments(eng_rfm rfm, const char *json, int64_t json_len);

/**
 * Sets on how many threads to go over a ledger; 0, the default, takes one a processor. The threads live inside
 * the call; the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_set_threads(eng_rfm rfm, int32_t threads);

/**
 * Scores the customers of a ledger with a purchase, as of a time, in microseconds since 1970 UTC. Rows are in
 * key order. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for options that do not
 * fit each other, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_score(eng_rfm rfm, eng_ledger ledger, int64_t as_of_us);

/**
 * Scores customers that were summarised elsewhere: arrays of rows numbers, days since the last purchase,
 * purchases, and money spent in currency units. The customers are called 0, 1, 2 and so on. On an error the
 * handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are copied. Errors: ENG_INVALID_ARGUMENT naming the row,
 * from 0, the column and the value, and for options that do not fit each other, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_from_columns(eng_rfm rfm, int64_t rows, const double *days_since_last,
    const int64_t *purchases, const double *spend);

/**
 * Counts the rows, and the customers of a ledger without a purchase, who have none.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_count(eng_rfm rfm, int64_t *rows, int64_t *prospects);

/**
 * Gives the customer's key of one row.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the result is
 * empty, ENG_INVALID_ARGUMENT for a row that does not exist, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_key(eng_rfm rfm, int64_t row, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Gives the width of the longest key in bytes, for eng_rfm_key_column.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_key_width(eng_rfm rfm, int64_t *width);

/**
 * Gives the keys of rows as text of a fixed width, as eng_scores_key_column does.
 *
 * Since 0.1; any thread. Errors: ENG_BUFFER_TOO_SMALL if the width is too small, ENG_INVALID_ARGUMENT,
 * ENG_MISSING_FIELD while the result is empty, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_key_column(eng_rfm rfm, int64_t offset, int64_t count, int64_t width,
    char *keys);

/**
 * Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_int64_key_column(eng_rfm rfm, int64_t offset, int64_t count, int64_t *keys,
    char *valid);

/**
 * Gives rows of what a measure was made from, ENG_RFM_RECENCY to ENG_RFM_MONETARY.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_double_column(eng_rfm rfm, int32_t measure, int64_t offset, int64_t count,
    double *values);

/**
 * Gives rows of the scores of a measure, ENG_RFM_RECENCY to ENG_RFM_MONETARY: 1 is the worst.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_score_column(eng_rfm rfm, int32_t measure, int64_t offset, int64_t count,
    int32_t *scores);

/**
 * Gives the segments of rows, each by its index for eng_rfm_segment.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_segment_column(eng_rfm rfm, int64_t offset, int64_t count, int32_t *segments);

/**
 * Counts the segments: those of the list, and others, the last.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_segment_count(eng_rfm rfm, int64_t *segments);

/**
 * Gives the name of the segment at an index, from 0, and how many customers it has; the number may be left out
 * by a null pointer.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, ENG_MISSING_FIELD while the result is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_segment(eng_rfm rfm, int64_t segment, int64_t *customers, char *buffer,
    int64_t capacity, int64_t *needed);

/**
 * Counts the cuts of a measure: one fewer than scores, and none without customers.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_cut_count(eng_rfm rfm, int32_t measure, int64_t *cuts);

/**
 * Gives cuts of a measure, from the worst on: a better value than the cut has the higher score. Cuts of recency
 * descend, the others ascend.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD while the result is empty,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_cuts(eng_rfm rfm, int32_t measure, int64_t offset, int64_t count,
    double *cuts);

/**
 * Gives what a reader of the scores should know, a sentence a line, and nothing where all is well.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the result is
 * empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_rfm_notes(eng_rfm rfm, char *buffer, int64_t capacity, int64_t *needed);

/*
 * The cohort table
 * ----------------
 */

/** Those with a purchase in the period: int64. */
#define ENG_RETENTION_ACTIVE 1
/** Those with a second purchase day by the end of the period: int64. */
#define ENG_RETENTION_REPEATED 2
/** What the cohort spent in the period, refunds taken off, in millionths: int64. */
#define ENG_RETENTION_SPEND 3

/**
 * Makes an empty cohort table, by months.
 *
 * Since 0.1; any thread; free with eng_retention_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_retention_new(eng_retention *retention);

/**
 * Frees a cohort table. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_retention_free(eng_retention retention);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_retention_error(eng_retention retention, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Sets the calendar period of cohorts and columns: ENG_UNIT_DAY, ENG_UNIT_WEEK or, as by default,
 * ENG_UNIT_MONTH.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_set_period(eng_retention retention, int32_t period);

/**
 * Sets a period of so many civil days, counted from a Monday.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 1 to 1000000,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_set_days(eng_retention retention, int64_t days);

/**
 * Leaves out, and counts, customers who bought before a time, in microseconds since 1970 UTC.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_set_acquired_from(eng_retention retention, int64_t acquired_from_us);

/**
 * Sets on how many threads to measure; 0, the default, takes one a processor. The threads live inside the call;
 * the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_set_threads(eng_retention retention, int32_t threads);

/**
 * Makes the cohort table of a ledger as of a time, in microseconds since 1970 UTC. On an error the handle keeps
 * what it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for a period so short
 * that the table has more than 30 million cells, ENG_OVERFLOW if a sum of money does not fit, ENG_NO_MEMORY,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_measure(eng_retention retention, eng_ledger ledger, int64_t as_of_us);

/**
 * Counts the cohorts, the customers without a purchase, and those left out by eng_retention_set_acquired_from.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the table is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_count(eng_retention retention, int64_t *cohorts, int64_t *prospects,
    int64_t *earlier);

/**
 * Gives the first civil day of the cohort at an index, from 0, such as 2026-03-01; how many customers it has;
 * and how many periods, its own among them, are over by the as-of. The numbers may be left out by null
 * pointers.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_ARGUMENT for an index that
 * does not exist, ENG_MISSING_FIELD while the table is empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_cohort(eng_retention retention, int64_t cohort, int64_t *customers,
    int64_t *periods, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Gives periods of a cohort, 0 its own, of one of the columns ENG_RETENTION_ACTIVE to ENG_RETENTION_SPEND.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT for a cohort, column or period that does not exist, or is
 * not over, and a null output, ENG_MISSING_FIELD while the table is empty, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_retention_column(eng_retention retention, int64_t cohort, int32_t column,
    int64_t offset, int64_t count, int64_t *values);

/**
 * Gives the share of a cohort that ENG_RETENTION_ACTIVE or ENG_RETENTION_REPEATED counts in one period, 0 its
 * own, with its 95 % interval.
 *
 * Since 0.1; any thread. Errors: as eng_retention_column.
 */
ENG_API int32_t ENG_CALL eng_retention_share(eng_retention retention, int64_t cohort, int32_t column,
    int64_t period, double *share, double *low, double *high);

/*
 * Survival curves
 * ---------------
 */

/** The different durations, ascending: double. */
#define ENG_SURVIVAL_TIME 1
/** The probability to last longer than the time: double. */
#define ENG_SURVIVAL_PROBABILITY 2
/** Its standard error: double, missing when nobody is left. */
#define ENG_SURVIVAL_STANDARD_ERROR 3
/** The lower end of its 95 % interval: double, missing before the first end and when nobody is left. */
#define ENG_SURVIVAL_LOW 4
/** The upper end of its 95 % interval: double, missing before the first end and when nobody is left. */
#define ENG_SURVIVAL_HIGH 5
/** Those whose duration is at least the time: int64. */
#define ENG_SURVIVAL_AT_RISK 6
/** Those for whom it ended at the time: int64. */
#define ENG_SURVIVAL_EVENTS 7
/** Those of whom nothing is known after the time: int64. */
#define ENG_SURVIVAL_CENSORED 8

/**
 * Makes an empty curve.
 *
 * Since 0.1; any thread; free with eng_survival_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_survival_new(eng_survival *survival);

/**
 * Frees a curve. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_survival_free(eng_survival survival);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_survival_error(eng_survival survival, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Says how intervals are made: normal on ln(-ln S) (0, the default), or on the probability itself, cut at 0 and
 * 1 (1).
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for another number, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_set_plain(eng_survival survival, int32_t plain);

/**
 * Sets the unit of the durations of a ledger's customers, and of the gap of a silence: ENG_UNIT_WEEK by
 * default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_set_unit(eng_survival survival, int32_t time_unit);

/**
 * Leaves out, and counts, customers of a ledger who began before a time, in microseconds since 1970 UTC.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_set_acquired_from(eng_survival survival, int64_t acquired_from_us);

/**
 * Sets on how many threads to go over a ledger; 0, the default, takes one a processor. The threads live inside
 * the call; the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_set_threads(eng_survival survival, int32_t threads);

/**
 * Makes the curve of durations: an array of rows numbers, and one of bytes that say whether the end was seen
 * (not 0) or not (0). On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; the arrays are not kept. Errors: ENG_INVALID_ARGUMENT for no rows, and
 * naming the row, from 0, and the value, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_from_columns(eng_survival survival, int64_t rows, const double *durations,
    const char *observed);

/**
 * Makes the curve of a ledger's contracts as of a time, in microseconds since 1970 UTC: from the first
 * subscription or renewal to the first cancellation after it. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for a ledger in which
 * nobody began, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_of_contracts(eng_survival survival, eng_ledger ledger, int64_t as_of_us);

/**
 * Makes the curve of a ledger's customers without a contract as of a time, in microseconds since 1970 UTC: from
 * the first purchase to the last, and the gap after it; whose last purchase is less than the gap ago has not
 * left. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for a gap that is not a
 * finite number above 0 and a ledger in which nobody bought, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_of_silence(eng_survival survival, eng_ledger ledger, int64_t as_of_us,
    double gap);

/**
 * Counts the rows of the curve, one for every different duration; and the customers of the ledger who did not
 * begin, and those left out by eng_survival_set_acquired_from.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before a curve was made, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_count(eng_survival survival, int64_t *rows, int64_t *without,
    int64_t *earlier);

/**
 * Gives rows of one of the double columns, ENG_SURVIVAL_TIME to ENG_SURVIVAL_HIGH. A missing value is 0, and so
 * is its validity byte; else the byte is 1. The validity may be left out by a null pointer.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD before a curve was made,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_double_column(eng_survival survival, int32_t column, int64_t offset,
    int64_t count, double *values, char *valid);

/**
 * Gives rows of one of the int64 columns, ENG_SURVIVAL_AT_RISK to ENG_SURVIVAL_CENSORED.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD before a curve was made,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_int64_column(eng_survival survival, int32_t column, int64_t offset,
    int64_t count, int64_t *values);

/**
 * Gives the probability to last longer than a time. present says whether it is known (1) or not (0, and it is
 * 0): it is not before 0 and where the data does not reach.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before a curve was made, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_at(eng_survival survival, double time, double *probability,
    int32_t *present);

/**
 * Gives the time by which half of all have left, with its 95 % interval. What the data does not reach is not
 * there: its value is 0, and its bit in present is not set; the bits are 1 median, 2 low, 4 high.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD before a curve was made, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_survival_median(eng_survival survival, double *median, double *low, double *high,
    int32_t *present);

/*
 * Validation: what models and rulebooks predict, beside what came
 * ---------------------------------------------------------------
 */

/**
 * Makes a validation without candidates.
 *
 * Since 0.1; any thread; free with eng_validation_free. Errors: ENG_INVALID_ARGUMENT, ENG_NO_MEMORY.
 */
ENG_API int32_t ENG_CALL eng_validation_new(eng_validation *validation);

/**
 * Frees a validation. Null is ignored.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_HANDLE.
 */
ENG_API int32_t ENG_CALL eng_validation_free(eng_validation validation);

/**
 * Gives the text of the last error of this handle; empty if its last call succeeded.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_HANDLE,
 * ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_validation_error(eng_validation validation, char *buffer, int64_t capacity,
    int64_t *needed);

/**
 * Adds a model of purchases, by its name, such as mbg-nbd; it is fitted anew at every origin to what was known
 * then. All others are compared with the first that is added.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for an unknown name, ENG_MISSING_FIELD,
 * ENG_INVALID_UTF8, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_add_model(eng_validation validation, const char *name,
    int64_t name_len);

/**
 * Adds a rulebook, whose engagement orders the customers, and what it is called.
 *
 * Since 0.1; any thread, one at a time; the rulebook is copied. Errors: ENG_INVALID_RULEBOOK for an empty
 * rulebook, ENG_MISSING_FIELD, ENG_INVALID_UTF8, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_add_rulebook(eng_validation validation, const char *name,
    int64_t name_len, eng_rulebook rulebook);

/**
 * Takes away all candidates.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_clear(eng_validation validation);

/**
 * Sets when the predictions are made: ascending times in microseconds since 1970 UTC; for a count of 0, as by
 * default, up to three, a horizon apart, the last one a horizon before the latest interaction.
 *
 * Since 0.1; any thread, one at a time; the array is copied. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for
 * a negative count and a null pointer, ENG_NO_MEMORY, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_set_origins(eng_validation validation, int64_t count,
    const int64_t *origins_us);

/**
 * Leaves out customers who bought before a time, in microseconds since 1970 UTC.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_TIME, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_set_acquired_from(eng_validation validation, int64_t acquired_from_us);

/**
 * Sets the level of every interval, 0.95 by default; and the samples of the customers behind it, 400 by
 * default, and at least 20, with their seed, 1 by default.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a level that is not between 0 and 1
 * and a number of samples that is not 20 to 100000, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_set_intervals(eng_validation validation, double level, int64_t samples,
    int64_t random_seed);

/**
 * Sets on how many threads to work; 0, the default, takes one a processor. The threads live inside the call;
 * the result is the same to the last bit whatever their number.
 *
 * Since 0.1; any thread, one at a time. Errors: ENG_INVALID_ARGUMENT for a number that is not 0 to 1024,
 * ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_set_threads(eng_validation validation, int32_t threads);

/**
 * Makes every candidate predict the purchases of a ledger within a horizon after each origin, and measures what
 * came. time_unit is the unit of the horizon and of the models' time. On an error the handle keeps what it had.
 *
 * Since 0.1; any thread, one at a time; another thread may ask eng_validation_progress or
 * eng_validation_cancel. Errors: ENG_INVALID_ARGUMENT naming the value and its domain, and for a log too short
 * for the horizon, ENG_MISSING_FIELD without a candidate, ENG_CANCELLED, ENG_NO_MEMORY, ENG_INVALID_HANDLE,
 * ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_validate(eng_validation validation, eng_ledger ledger, double horizon,
    int32_t time_unit);

/**
 * Tells how far the validation under way in another thread is: steps done, of how many; 0 of 0 if none is.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_ARGUMENT for a null output, ENG_INVALID_HANDLE,
 * ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_progress(eng_validation validation, int64_t *done, int64_t *total);

/**
 * Cancels the validation under way in another thread, or, if none is, the next one: it returns ENG_CANCELLED,
 * the handle keeps what it had.
 *
 * Since 0.1; any thread; never waits. Errors: ENG_INVALID_HANDLE, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_cancel(eng_validation validation);

/**
 * Gives the index, from 0, of the model with the best mean log score over all origins but the last, which is
 * left to judge the choice. present says whether there is one (1) or not (0, and the index is 0): there is none
 * where no model could be scored at all of them.
 *
 * Since 0.1; any thread. Errors: ENG_MISSING_FIELD while the result is empty, ENG_INVALID_ARGUMENT for a null
 * output, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_chosen(eng_validation validation, int64_t *candidate, int32_t *present);

/**
 * Gives all of the result as JSON: the candidates, the origins with every measure of every candidate and its
 * interval, and the chosen one; the same as engagement validate --json prints. A number that is not finite is
 * null.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_MISSING_FIELD while the result is
 * empty, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT, ENG_INVALID_HANDLE, ENG_FORKED, ENG_POISONED.
 */
ENG_API int32_t ENG_CALL eng_validation_json(eng_validation validation, char *buffer, int64_t capacity,
    int64_t *needed);

/*
 * Times and amounts as text
 * -------------------------
 */

/**
 * Reads a time: 2011-12-09T12:50:00Z and other offsets as they stand; 2011-12-09 12:50 and 2011-12-09, the
 * first moment of the day, in the zone, which is UTC if null. The result is in microseconds since 1970 UTC.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_TIME, ENG_INVALID_ARGUMENT for an unknown zone or a null output,
 * ENG_MISSING_FIELD, ENG_INVALID_UTF8.
 */
ENG_API int32_t ENG_CALL eng_parse_time(const char *time, int64_t time_len, const char *zone_name,
    int64_t zone_len, int64_t *micros);

/**
 * Reads an as-of: as eng_parse_time, but a date without a time means the last microsecond of that day.
 *
 * Since 0.1; any thread. Errors: as eng_parse_time.
 */
ENG_API int32_t ENG_CALL eng_parse_as_of(const char *time, int64_t time_len, const char *zone_name,
    int64_t zone_len, int64_t *micros);

/**
 * Writes a time as RFC 3339 in UTC, such as 2011-12-09T12:50:00Z.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_TIME, ENG_BUFFER_TOO_SMALL,
 * ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_format_time(int64_t micros, char *buffer, int64_t capacity, int64_t *needed);

/**
 * Reads an amount such as -12.50, exactly, into millionths.
 *
 * Since 0.1; any thread. Errors: ENG_INVALID_MONEY if it is not an amount, has more than six decimals or does
 * not fit, ENG_INVALID_ARGUMENT for a null output, ENG_MISSING_FIELD, ENG_INVALID_UTF8.
 */
ENG_API int32_t ENG_CALL eng_parse_money(const char *amount, int64_t amount_len, int64_t *micros);

/**
 * Writes an amount in millionths as the shortest exact decimal, such as 12.5.
 *
 * Since 0.1; any thread; text rules: see the head of this file. Errors: ENG_INVALID_MONEY for the one number
 * that is no amount, -9223372036854775808, ENG_BUFFER_TOO_SMALL, ENG_INVALID_ARGUMENT.
 */
ENG_API int32_t ENG_CALL eng_format_money(int64_t micros, char *buffer, int64_t capacity, int64_t *needed);

#ifdef __cplusplus
}
#endif

#endif /* ENGAGEMENT_H */
