/*
 * engagement.hpp: the handles of engagement.h as C++ objects that free themselves and throw. C++98 and later, header only.
 *
 *   engagement::ledger ledger;
 *   ledger.append("ann", engagement::parse_time("2026-03-01 10:00"), "purchase", engagement::parse_money("19.90"));
 *   engagement::rulebook rules;                  objects are not copied: pass them by reference
 *   rules.standard();
 *   engagement::scorecard card;
 *   card.score(ledger, rules, "ann", engagement::parse_as_of("2026-03-31"));
 *   double value;
 *   if (card.get(ENG_COLUMN_ENGAGEMENT, value)) ...
 *
 * What an object does not offer is one call away: handle() gives its handle, check() turns a status into an exception.
 * Objects can be used from several threads as handles can; destroying one is up to its owner.
 */
#ifndef ENGAGEMENT_HPP
#define ENGAGEMENT_HPP

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "engagement.h"

namespace engagement {

/* A call that failed: its status, and what it said. */
class error : public std::runtime_error {
public:
    error(int32_t status, const std::string &what) : std::runtime_error(what), status_(status) {}
    int32_t status() const throw() { return status_; }

private:
    int32_t status_;
};

namespace detail {

inline std::string status_text(int32_t status)
{
    char text[256];
    return eng_status_text(status, text, sizeof text, 0) == ENG_OK ? std::string(text) : std::string("unknown status");
}

/* The text a function of a handle gives. */
template <class H>
std::string text(int32_t(ENG_CALL *get)(H, char *, int64_t, int64_t *), H handle, int32_t &status)
{
    int64_t needed = 0;
    status = get(handle, 0, 0, &needed);
    if (status != ENG_OK || needed < 1) {
        return std::string();
    }
    std::vector<char> buffer(static_cast<std::size_t>(needed));
    status = get(handle, &buffer[0], needed, &needed);
    return status == ENG_OK ? std::string(&buffer[0]) : std::string();
}

/* Where a vector's elements are; null for none. */
template <class T>
const T *first(const std::vector<T> &values)
{
    return values.empty() ? 0 : &values[0];
}

template <class T>
T *first(std::vector<T> &values)
{
    return values.empty() ? 0 : &values[0];
}

/* The text of a row. */
template <class H>
int32_t row_text(int32_t(ENG_CALL *get)(H, int64_t, char *, int64_t, int64_t *), H handle, int64_t row, std::string &text)
{
    int64_t needed = 0;
    int32_t status = get(handle, row, 0, 0, &needed);
    if (status != ENG_OK) {
        return status;
    }
    std::vector<char> buffer(static_cast<std::size_t>(needed));
    status = get(handle, row, &buffer[0], needed, 0);
    text = &buffer[0];
    return status;
}

inline int64_t length(const std::string &text) { return static_cast<int64_t>(text.size()); }

/* A handle that frees itself. */
template <class H, int32_t(ENG_CALL *New)(H *), int32_t(ENG_CALL *Free)(H), int32_t(ENG_CALL *Error)(H, char *, int64_t, int64_t *)>
class owner {
public:
    owner() : handle_(0)
    {
        const int32_t status = New(&handle_);
        if (status != ENG_OK) {
            throw error(status, status_text(status));
        }
    }
    ~owner() { Free(handle_); }

    H handle() const { return handle_; }

    /* Throws if a call on this handle failed. */
    void check(int32_t status) const
    {
        if (status != ENG_OK) {
            int32_t read;
            const std::string what = text(Error, handle_, read);
            throw error(status, what.empty() ? status_text(status) : what);
        }
    }

protected:
    std::string text_of(int32_t(ENG_CALL *get)(H, char *, int64_t, int64_t *)) const
    {
        int32_t status;
        const std::string found = text(get, handle_, status);
        check(status);
        return found;
    }

private:
    owner(const owner &);
    owner &operator=(const owner &);

    H handle_;
};

inline void check(int32_t status)
{
    if (status != ENG_OK) {
        throw error(status, status_text(status));
    }
}

/* The rows of columns, which must be of one length. */
template <class A, class B>
int64_t rows(const std::vector<A> &a, const std::vector<B> &b)
{
    if (a.size() != b.size()) {
        throw error(ENG_INVALID_ARGUMENT, "columns of different length");
    }
    return static_cast<int64_t>(a.size());
}

template <class A, class B, class C>
int64_t rows(const std::vector<A> &a, const std::vector<B> &b, const std::vector<C> &c)
{
    rows(a, b);
    return rows(a, c);
}

template <class A, class B, class C, class D>
int64_t rows(const std::vector<A> &a, const std::vector<B> &b, const std::vector<C> &c, const std::vector<D> &d)
{
    rows(a, b, c);
    return rows(a, d);
}

} /* namespace detail */

inline std::string version()
{
    char text[64];
    detail::check(eng_version(text, sizeof text, 0));
    return text;
}

/* Microseconds since 1970 UTC. */
inline int64_t parse_time(const std::string &text, const std::string &zone = "UTC")
{
    int64_t micros = 0;
    detail::check(eng_parse_time(text.data(), detail::length(text), zone.data(), detail::length(zone), &micros));
    return micros;
}

/* The same; a date without a time means the end of that day. */
inline int64_t parse_as_of(const std::string &text, const std::string &zone = "UTC")
{
    int64_t micros = 0;
    detail::check(eng_parse_as_of(text.data(), detail::length(text), zone.data(), detail::length(zone), &micros));
    return micros;
}

inline std::string format_time(int64_t micros)
{
    char text[64];
    detail::check(eng_format_time(micros, text, sizeof text, 0));
    return text;
}

/* Millionths of the currency unit. */
inline int64_t parse_money(const std::string &text)
{
    int64_t micros = 0;
    detail::check(eng_parse_money(text.data(), detail::length(text), &micros));
    return micros;
}

inline std::string format_money(int64_t micros)
{
    char text[32];
    detail::check(eng_format_money(micros, text, sizeof text, 0));
    return text;
}

inline std::string stage_text(int32_t stage)
{
    char text[64];
    detail::check(eng_stage_text(stage, text, sizeof text, 0));
    return text;
}

inline std::string level_text(int32_t level)
{
    char text[64];
    detail::check(eng_level_text(level, text, sizeof text, 0));
    return text;
}

/* rows = recorded + duplicates + folded + rejected */
struct account {
    int64_t rows, recorded, duplicates, folded, rejected;
};

/* Customers by level; prospects apart. */
struct level_counts {
    int64_t fully_engaged, engaged, not_engaged, actively_disengaged, unknown, prospects;
};

/* Which memory holds which field of rows; or one value for all of them. Columns are borrowed. */
class batch : public detail::owner<eng_batch, eng_batch_new, eng_batch_free, eng_batch_error> {
public:
    void clear() { check(eng_batch_clear(handle())); }
    void unbind(int32_t field) { check(eng_batch_text(handle(), field, 0, 0)); }
    void text(int32_t field, const std::string &value)
    {
        check(eng_batch_text(handle(), field, value.data(), detail::length(value)));
    }
    void int64(int32_t field, int64_t value) { check(eng_batch_int64(handle(), field, value)); }
    void number(int32_t field, double value) { check(eng_batch_double(handle(), field, value)); }
    void text_column(int32_t field, const char *bytes, const int64_t *offsets, const char *valid = 0)
    {
        check(eng_batch_text_column(handle(), field, bytes, offsets, valid));
    }
    void fixed_column(int32_t field, const char *bytes, int64_t width, int64_t stride = 0, const char *valid = 0)
    {
        check(eng_batch_fixed_column(handle(), field, bytes, width, stride, valid));
    }
    void string_column(int32_t field, const char *const *texts) { check(eng_batch_string_column(handle(), field, texts)); }
    void int64_column(int32_t field, const int64_t *values, int64_t stride = 0, const char *valid = 0)
    {
        check(eng_batch_int64_column(handle(), field, values, stride, valid));
    }
    void double_column(int32_t field, const double *values, int64_t stride = 0, const char *valid = 0)
    {
        check(eng_batch_double_column(handle(), field, values, stride, valid));
    }
};

class model;

/* Every interaction, once. */
class ledger : public detail::owner<eng_ledger, eng_ledger_new, eng_ledger_free, eng_ledger_error> {
public:
    /* Draws a log: customers come evenly from one time to another and buy until a third; spending may be null. */
    void simulate(const model &buying, const model *spending, int64_t customers, int64_t from, int64_t to, int64_t until,
                  int32_t time_unit, int64_t seed, double review_share = 0, double contentment_a = 4, double contentment_b = 2,
                  double referred = 0);
    void set_currency(const std::string &currency)
    {
        check(eng_ledger_set_currency(handle(), currency.data(), detail::length(currency)));
    }
    void set_zone(const std::string &zone) { check(eng_ledger_set_zone(handle(), zone.data(), detail::length(zone))); }
    void set_lenient(bool lenient) { check(eng_ledger_set_lenient(handle(), lenient ? 1 : 0)); }
    void set_memory_budget(int64_t bytes) { check(eng_ledger_set_memory_budget(handle(), bytes)); }

    /* ENG_RECORDED or ENG_DUPLICATE. */
    int32_t append(const std::string &customer, int64_t at, const std::string &kind) { return append_(customer, at, kind, 0); }
    int32_t append(const std::string &customer, int64_t at, const std::string &kind, int64_t amount)
    {
        return append_(customer, at, kind, &amount);
    }
    int32_t append_row(const batch &row)
    {
        int32_t outcome = 0;
        check(eng_ledger_append_row(handle(), row.handle(), &outcome));
        return outcome;
    }
    void load(const batch &rows, int64_t count) { check(eng_ledger_load(handle(), rows.handle(), count, 0)); }
    void load(const batch &rows, int64_t count, std::vector<int32_t> &statuses)
    {
        statuses.resize(static_cast<std::size_t>(count < 0 ? 0 : count));
        check(eng_ledger_load(handle(), rows.handle(), count, statuses.empty() ? 0 : &statuses[0]));
    }
    account loaded() const
    {
        account a;
        check(eng_ledger_loaded(handle(), &a.rows, &a.recorded, &a.duplicates, &a.folded, &a.rejected));
        return a;
    }
    account totals() const
    {
        account a;
        check(eng_ledger_totals(handle(), &a.rows, &a.recorded, &a.duplicates, &a.folded, &a.rejected));
        return a;
    }
    int64_t interactions() const
    {
        int64_t interactions = 0, customers = 0;
        check(eng_ledger_counts(handle(), &interactions, &customers));
        return interactions;
    }
    int64_t customers() const
    {
        int64_t interactions = 0, customers = 0;
        check(eng_ledger_counts(handle(), &interactions, &customers));
        return customers;
    }
    int64_t forget(const std::string &customer)
    {
        int64_t removed = 0;
        check(eng_ledger_forget(handle(), customer.data(), detail::length(customer), &removed));
        return removed;
    }

private:
    int32_t append_(const std::string &customer, int64_t at, const std::string &kind, const int64_t *amount)
    {
        int32_t outcome = 0;
        check(eng_ledger_append(handle(), customer.data(), detail::length(customer), at, kind.data(), detail::length(kind), amount,
                                &outcome));
        return outcome;
    }
};

class model;
class posterior;

/* The purchases of customers, summarised or drawn from a model: what models are fitted to. */
class purchases : public detail::owner<eng_purchases, eng_purchases_new, eng_purchases_free, eng_purchases_error> {
public:
    void set_units(int32_t time_unit, int32_t grain) { check(eng_purchases_set_units(handle(), time_unit, grain)); }
    void set_zone(const std::string &zone) { check(eng_purchases_set_zone(handle(), zone.data(), detail::length(zone))); }
    void set_holdout(int64_t until) { check(eng_purchases_set_holdout(handle(), until)); }
    void set_acquired_from(int64_t from) { check(eng_purchases_set_acquired_from(handle(), from)); }
    void set_threads(int32_t threads) { check(eng_purchases_set_threads(handle(), threads)); }
    void summarise(const ledger &from, int64_t until) { check(eng_purchases_summarise(handle(), from.handle(), until)); }
    /* A row each: frequency, recency and age; mean value and how many it is of may be left out. */
    void from_columns(const std::vector<int64_t> &frequency, const std::vector<double> &recency, const std::vector<double> &age,
                      const std::vector<double> &value = std::vector<double>(),
                      const std::vector<int64_t> &paid = std::vector<int64_t>(),
                      const std::vector<double> &log_gaps = std::vector<double>())
    {
        const int64_t rows = detail::rows(frequency, recency, age);
        if (!value.empty()) {
            detail::rows(age, value);
        }
        if (!paid.empty()) {
            detail::rows(age, paid);
        }
        if (!log_gaps.empty()) {
            detail::rows(age, log_gaps);
        }
        check(eng_purchases_from_columns(handle(), rows, detail::first(frequency), detail::first(recency), detail::first(age),
                                         detail::first(value), detail::first(paid), detail::first(log_gaps)));
    }
    /* A number of each customer, for models with covariates. */
    void set_covariate(const std::string &name, const std::vector<double> &values)
    {
        check(eng_purchases_set_covariate(handle(), name.data(), detail::length(name), static_cast<int64_t>(values.size()),
                                          detail::first(values)));
    }
    inline void simulate(const model &buying, const std::vector<double> &ages, int64_t seed);
    inline void simulate(const model &buying, const model &spending, const std::vector<double> &ages, int64_t seed);
    /* How spend by purchase depends on the number of purchases, by Pearson and by Spearman: whether there are both. */
    bool independence(int64_t &customers, double &pearson, double &spearman) const
    {
        int32_t present = 0;
        check(eng_purchases_independence(handle(), &customers, &pearson, &spearman, &present));
        return present == 3;
    }
    int64_t size() const
    {
        int64_t rows = 0, prospects = 0, earlier = 0;
        check(eng_purchases_count(handle(), &rows, &prospects, &earlier));
        return rows;
    }
    double holdout_length() const
    {
        double length = 0;
        check(eng_purchases_holdout_length(handle(), &length));
        return length;
    }
    std::string key(int64_t row) const
    {
        int64_t needed = 0;
        check(eng_purchases_key(handle(), row, 0, 0, &needed));
        std::vector<char> text(static_cast<std::size_t>(needed));
        check(eng_purchases_key(handle(), row, &text[0], needed, 0));
        return &text[0];
    }
    void column(int32_t column, std::vector<double> &values, std::vector<char> &valid) const
    {
        const int64_t rows = size();
        values.resize(static_cast<std::size_t>(rows));
        valid.resize(static_cast<std::size_t>(rows));
        if (rows > 0) {
            check(eng_purchases_double_column(handle(), column, 0, rows, &values[0], &valid[0]));
        }
    }
    void column(int32_t column, std::vector<int64_t> &values) const
    {
        const int64_t rows = size();
        values.resize(static_cast<std::size_t>(rows));
        if (rows > 0) {
            check(eng_purchases_int64_column(handle(), column, 0, rows, &values[0]));
        }
    }
};

class rulebook;

/* A letter of a model, and what was fitted; the error is negative where there is none. */
struct parameter {
    std::string name;
    double value, standard_error;
};

/* How the search for the parameters of a fit ended. */
struct convergence {
    double gradient_norm;
    int64_t iterations, evaluations, starts;
};

/* Twice the difference of two log-likelihoods, and its probability where the smaller model is true. */
struct likelihood_ratio {
    double statistic, p_value;
    int64_t degrees_of_freedom;
};

/* The ends of an interval. */
struct interval {
    double low, high;
};

/* A model with its parameters: of purchases, of spend, of contracts or of opportunities. */
class model : public detail::owner<eng_model, eng_model_new, eng_model_free, eng_model_error> {
public:
    void set_threads(int32_t threads) { check(eng_model_set_threads(handle(), threads)); }
    void set_penalty(double penalty) { check(eng_model_set_penalty(handle(), penalty)); }
    /* ENG_PRIOR_GAMMA and so on, with their numbers; ENG_PRIOR_NONE takes it away. */
    void set_prior(const std::string &parameter, int32_t prior, double first = 0, double second = 0)
    {
        check(eng_model_set_prior(handle(), parameter.data(), detail::length(parameter), prior, first, second));
    }
    void set_start(const std::vector<double> &values)
    {
        check(eng_model_set_start(handle(), static_cast<int64_t>(values.size()), detail::first(values)));
    }
    void set_max_iterations(int64_t most) { check(eng_model_set_max_iterations(handle(), most)); }
    /* The phases of a gap of bg-cnbd-k and mbg-cnbd-k; 0 leaves them to be chosen. */
    void set_k(int64_t k) { check(eng_model_set_k(handle(), k)); }
    /* The covariates of the fits from then on, by their names in the purchases. */
    void add_covariate(const std::string &name)
    {
        check(eng_model_add_covariate(handle(), name.data(), detail::length(name)));
    }
    void clear_covariates() { check(eng_model_clear_covariates(handle())); }
    void set_coefficient_penalty(double penalty) { check(eng_model_set_coefficient_penalty(handle(), penalty)); }
    void fit(const std::string &name, const purchases &to)
    {
        check(eng_model_fit(handle(), name.data(), detail::length(name), to.handle()));
    }
    /* Customers, or groups of them, a row each, by the opportunities taken, the last one taken, and all of them. */
    void fit_opportunities(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                           const std::vector<int64_t> &opportunities, const std::vector<int64_t> &customers)
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities, customers);
        check(eng_model_fit_opportunities(handle(), rows, detail::first(frequency), detail::first(recency),
                                          detail::first(opportunities), detail::first(customers)));
    }
    void fit_contracts(const std::string &name, const std::vector<int64_t> &renewals, const std::vector<char> &active)
    {
        const int64_t rows = detail::rows(renewals, active);
        check(eng_model_fit_contracts(handle(), name.data(), detail::length(name), rows, detail::first(renewals),
                                      detail::first(active)));
    }
    /* One cohort: the customers at the start, and those still there after each renewal. */
    void fit_cohort(const std::string &name, const std::vector<int64_t> &still_there)
    {
        const int64_t length = static_cast<int64_t>(still_there.size());
        check(eng_model_fit_cohorts(handle(), name.data(), detail::length(name), 1, &length, detail::first(still_there)));
    }
    void from_json(const std::string &json) { check(eng_model_from_json(handle(), json.data(), detail::length(json))); }
    inline void from_rulebook(const rulebook &rules, int32_t sort);
    /* The model of one draw, from 0, chain after chain. */
    inline void from_posterior(const posterior &drawn, int64_t draw);
    /* A refitted model of a bootstrap, from 0. */
    void from_refit(const model &fitted, int64_t refit) { check(eng_model_from_refit(handle(), fitted.handle(), refit)); }
    /* The plain model of one customer, by a value of each covariate of a model with covariates. */
    void of_customer(const model &with, const std::vector<double> &values)
    {
        check(eng_model_of_customer(handle(), with.handle(), static_cast<int64_t>(values.size()), detail::first(values)));
    }
    std::vector<std::string> covariates() const
    {
        int64_t count = 0;
        check(eng_model_covariate_count(handle(), &count));
        std::vector<std::string> names(static_cast<std::size_t>(count));
        for (int64_t i = 0; i < count; i++) {
            check(detail::row_text(eng_model_covariate, handle(), i, names[static_cast<std::size_t>(i)]));
        }
        return names;
    }
    std::string json() const { return text_of(eng_model_json); }
    std::string name() const { return text_of(eng_model_name); }
    std::string notes() const { return text_of(eng_model_notes); }
    std::vector<parameter> parameters() const
    {
        int64_t count = 0;
        check(eng_model_parameter_count(handle(), &count));
        std::vector<parameter> all;
        for (int64_t i = 0; i < count; i++) {
            parameter one;
            int32_t present = 0;
            check(detail::row_text(eng_model_parameter_name, handle(), i, one.name));
            check(eng_model_parameter(handle(), i, &one.value, &one.standard_error, &present));
            if (!present) {
                one.standard_error = -1;
            }
            all.push_back(one);
        }
        return all;
    }
    double log_likelihood() const
    {
        double log_likelihood = 0, customers = 0, aic = 0, bic = 0;
        check(eng_model_evidence(handle(), &log_likelihood, &customers, &aic, &bic));
        return log_likelihood;
    }

    engagement::convergence convergence() const
    {
        engagement::convergence c;
        check(eng_model_convergence(handle(), &c.gradient_norm, &c.iterations, &c.evaluations, &c.starts));
        return c;
    }
    bool at_boundary(int64_t parameter) const
    {
        int32_t found = 0;
        check(eng_model_at_boundary(handle(), parameter, &found));
        return found != 0;
    }
    /* Whether there is a covariance. */
    bool covariance(int64_t parameter, int64_t other, double &covariance) const
    {
        int32_t present = 0;
        check(eng_model_covariance(handle(), parameter, other, &covariance, &present));
        return present != 0;
    }
    engagement::interval interval(int64_t parameter, double level = 0.95) const
    {
        engagement::interval found;
        check(eng_model_interval(handle(), parameter, level, &found.low, &found.high));
        return found;
    }
    /* How many refits succeeded. */
    int64_t bootstrap(const purchases &of, int64_t replicates, int64_t seed)
    {
        int64_t refits = 0, failed = 0;
        check(eng_model_bootstrap(handle(), of.handle(), replicates, seed, &refits, &failed));
        return refits;
    }
    /* Of a model of contracts or of opportunities, which keeps what it was fitted to. */
    int64_t bootstrap(int64_t replicates, int64_t seed)
    {
        int64_t refits = 0, failed = 0;
        check(eng_model_bootstrap(handle(), 0, replicates, seed, &refits, &failed));
        return refits;
    }
    /* From other threads, while one bootstraps. */
    void progress(int64_t &done, int64_t &total) const { check(eng_model_progress(handle(), &done, &total)); }
    void cancel() { check(eng_model_cancel(handle())); }
    engagement::interval bootstrap_interval(int64_t parameter, double level = 0.95) const
    {
        engagement::interval found;
        check(eng_model_bootstrap_interval(handle(), parameter, level, &found.low, &found.high));
        return found;
    }
    engagement::likelihood_ratio likelihood_ratio(const model &smaller) const
    {
        engagement::likelihood_ratio test;
        check(eng_model_likelihood_ratio(handle(), smaller.handle(), &test.statistic, &test.degrees_of_freedom, &test.p_value));
        return test;
    }

    /* Of contracts. */
    double survival(int64_t renewed, int64_t t) const
    {
        double value = 0;
        check(eng_model_survival(handle(), renewed, t, &value));
        return value;
    }
    double retention_rate(int64_t t) const
    {
        double value = 0;
        check(eng_model_retention_rate(handle(), t, &value));
        return value;
    }
    double probability_of_loss(int64_t t) const
    {
        double value = 0;
        check(eng_model_probability_of_loss(handle(), t, &value));
        return value;
    }
    double expected_renewals(int64_t renewed, int64_t t) const
    {
        double value = 0;
        check(eng_model_expected_renewals(handle(), renewed, t, &value));
        return value;
    }
    double discounted_renewals(int64_t renewed, double rate) const
    {
        double value = 0;
        check(eng_model_discounted_renewals(handle(), renewed, rate, &value));
        return value;
    }

    double contract_log_likelihood(int64_t renewed, bool active) const
    {
        double value = 0;
        check(eng_model_contract_log_likelihood(handle(), renewed, active ? 1 : 0, &value));
        return value;
    }

    /* Draws contracts as they stand after so many occasions: what fit_contracts takes. */
    void simulate_contracts(int64_t rows, int64_t occasions, int64_t seed, std::vector<int64_t> &renewed,
                            std::vector<char> &active) const
    {
        renewed.resize(static_cast<std::size_t>(rows));
        active.resize(static_cast<std::size_t>(rows));
        check(eng_model_simulate_contracts(handle(), rows, occasions, seed, detail::first(renewed), detail::first(active)));
    }
    /* Draws customers and what they do with their first opportunities: what fit_opportunities takes. */
    void simulate_opportunities(int64_t rows, int64_t opportunities, int64_t seed, std::vector<int64_t> &frequency,
                                std::vector<int64_t> &recency) const
    {
        frequency.resize(static_cast<std::size_t>(rows));
        recency.resize(static_cast<std::size_t>(rows));
        check(eng_model_simulate_opportunities(handle(), rows, opportunities, seed, detail::first(frequency),
                                               detail::first(recency)));
    }

    /* Of many contracts by how often each was renewed, and of many occasions. */
    void survival(const std::vector<int64_t> &renewed, int64_t t, std::vector<double> &values) const
    {
        check(eng_model_survival_column(handle(), rows(renewed), detail::first(renewed), t, room(renewed, values)));
    }
    void retention_rate(const std::vector<int64_t> &t, std::vector<double> &values) const
    {
        check(eng_model_retention_rate_column(handle(), rows(t), detail::first(t), room(t, values)));
    }
    void probability_of_loss(const std::vector<int64_t> &t, std::vector<double> &values) const
    {
        check(eng_model_probability_of_loss_column(handle(), rows(t), detail::first(t), room(t, values)));
    }
    void expected_renewals(const std::vector<int64_t> &renewed, int64_t t, std::vector<double> &values) const
    {
        check(eng_model_expected_renewals_column(handle(), rows(renewed), detail::first(renewed), t, room(renewed, values)));
    }
    void discounted_renewals(const std::vector<int64_t> &renewed, double rate, std::vector<double> &values) const
    {
        check(eng_model_discounted_renewals_column(handle(), rows(renewed), detail::first(renewed), rate, room(renewed, values)));
    }

    void contract_log_likelihood(const std::vector<int64_t> &renewed, const std::vector<char> &active,
                                 std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(renewed, active);
        check(eng_model_contract_log_likelihood_column(handle(), rows, detail::first(renewed), detail::first(active),
                                                       room(renewed, values)));
    }

    /* Of one customer with opportunities. */
    double opportunity_alive(int64_t frequency, int64_t recency, int64_t opportunities, int64_t later = 0) const
    {
        double value = 0;
        check(eng_model_opportunity_alive(handle(), frequency, recency, opportunities, later, &value));
        return value;
    }
    double opportunity_expected(int64_t frequency, int64_t recency, int64_t opportunities, int64_t n) const
    {
        double value = 0;
        check(eng_model_opportunity_expected(handle(), frequency, recency, opportunities, n, &value));
        return value;
    }
    double opportunity_probability(int64_t frequency, int64_t recency, int64_t opportunities, int64_t k, int64_t n) const
    {
        double value = 0;
        check(eng_model_opportunity_probability(handle(), frequency, recency, opportunities, k, n, &value));
        return value;
    }
    double opportunity_discounted(int64_t frequency, int64_t recency, int64_t opportunities, int64_t n, double rate) const
    {
        double value = 0;
        check(eng_model_opportunity_discounted(handle(), frequency, recency, opportunities, n, rate, &value));
        return value;
    }

    double opportunity_log_likelihood(int64_t frequency, int64_t recency, int64_t opportunities) const
    {
        double value = 0;
        check(eng_model_opportunity_log_likelihood(handle(), frequency, recency, opportunities, &value));
        return value;
    }

    /* Of many customers with opportunities. */
    void opportunity_alive(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                           const std::vector<int64_t> &opportunities, int64_t later, std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        check(eng_model_opportunity_alive_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                 detail::first(opportunities), later, room(frequency, values)));
    }
    void opportunity_expected(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                              const std::vector<int64_t> &opportunities, int64_t n, std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        check(eng_model_opportunity_expected_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                    detail::first(opportunities), n, room(frequency, values)));
    }
    void opportunity_probability(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                                 const std::vector<int64_t> &opportunities, int64_t k, int64_t n,
                                 std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        check(eng_model_opportunity_probability_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                       detail::first(opportunities), k, n, room(frequency, values)));
    }
    void opportunity_discounted(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                                const std::vector<int64_t> &opportunities, int64_t n, double rate,
                                std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        check(eng_model_opportunity_discounted_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                      detail::first(opportunities), n, rate, room(frequency, values)));
    }
    void opportunity_interval(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                              const std::vector<int64_t> &opportunities, int64_t n, double level, std::vector<int64_t> &low,
                              std::vector<int64_t> &high) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        low.resize(frequency.size());
        high.resize(frequency.size());
        check(eng_model_opportunity_interval_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                    detail::first(opportunities), n, level, detail::first(low),
                                                    detail::first(high)));
    }
    void opportunity_log_likelihood(const std::vector<int64_t> &frequency, const std::vector<int64_t> &recency,
                                    const std::vector<int64_t> &opportunities, std::vector<double> &values) const
    {
        const int64_t rows = detail::rows(frequency, recency, opportunities);
        check(eng_model_opportunity_log_likelihood_column(handle(), rows, detail::first(frequency), detail::first(recency),
                                                          detail::first(opportunities), room(frequency, values)));
    }

    /* Of one customer. */
    double probability_alive(int64_t frequency, double recency, double age, double later = 0) const
    {
        double value = 0;
        check(eng_model_probability_alive(handle(), frequency, recency, age, later, &value));
        return value;
    }
    double expected_purchases(int64_t frequency, double recency, double age, double t) const
    {
        double value = 0;
        check(eng_model_expected_purchases(handle(), frequency, recency, age, t, &value));
        return value;
    }
    double probability_of_purchases(int64_t frequency, double recency, double age, int64_t n, double t) const
    {
        double value = 0;
        check(eng_model_probability_of_purchases(handle(), frequency, recency, age, n, t, &value));
        return value;
    }
    double discounted_purchases(int64_t frequency, double recency, double age, double t, double delta) const
    {
        double value = 0;
        check(eng_model_discounted_purchases(handle(), frequency, recency, age, t, delta, &value));
        return value;
    }
    double expected_value(int64_t paid, double mean) const
    {
        double value = 0;
        check(eng_model_expected_value(handle(), paid, mean, &value));
        return value;
    }
    /* The bounds of the number of purchases. */
    void prediction_interval(int64_t frequency, double recency, double age, double t, double level, int64_t &low,
                             int64_t &high) const
    {
        check(eng_model_prediction_interval(handle(), frequency, recency, age, t, level, &low, &high));
    }
    /* The bounds of the mean value of the customer's purchases. */
    engagement::interval value_interval(int64_t paid, double mean, double level = 0.95) const
    {
        engagement::interval found;
        check(eng_model_value_interval(handle(), paid, mean, level, &found.low, &found.high));
        return found;
    }
    double log_likelihood(int64_t frequency, double recency, double age) const
    {
        double value = 0;
        check(eng_model_log_likelihood(handle(), frequency, recency, age, &value));
        return value;
    }
    double spend_log_likelihood(int64_t paid, double mean) const
    {
        double value = 0;
        check(eng_model_spend_log_likelihood(handle(), paid, mean, &value));
        return value;
    }

    /* Of all customers. */
    void probability_alive(const purchases &of, double later, std::vector<double> &values) const
    {
        check(eng_model_probability_alive_column(handle(), of.handle(), later, 0, of.size(), room(of, values)));
    }
    void expected_purchases(const purchases &of, double t, std::vector<double> &values) const
    {
        check(eng_model_expected_purchases_column(handle(), of.handle(), t, 0, of.size(), room(of, values)));
    }
    void probability_of_purchases(const purchases &of, int64_t n, double t, std::vector<double> &values) const
    {
        check(eng_model_probability_of_purchases_column(handle(), of.handle(), n, t, 0, of.size(), room(of, values)));
    }
    void discounted_purchases(const purchases &of, double t, double delta, std::vector<double> &values) const
    {
        check(eng_model_discounted_purchases_column(handle(), of.handle(), t, delta, 0, of.size(), room(of, values)));
    }
    void expected_value(const purchases &of, std::vector<double> &values) const
    {
        check(eng_model_expected_value_column(handle(), of.handle(), 0, of.size(), room(of, values)));
    }
    void log_likelihood(const purchases &of, std::vector<double> &values) const
    {
        check(eng_model_log_likelihood_column(handle(), of.handle(), 0, of.size(), room(of, values)));
    }
    void prediction_interval(const purchases &of, double t, double level, std::vector<int64_t> &low,
                             std::vector<int64_t> &high) const
    {
        low.resize(static_cast<std::size_t>(of.size()));
        high.resize(low.size());
        check(eng_model_prediction_interval_column(handle(), of.handle(), t, level, 0, of.size(), detail::first(low),
                                                   detail::first(high)));
    }
    void value_interval(const purchases &of, double level, std::vector<double> &low, std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_value_interval_column(handle(), of.handle(), level, 0, of.size(), l, room(of, high)));
    }

    /* How sure the fit is of what it predicts of all customers. */
    void probability_alive_interval(const purchases &of, double later, double level, std::vector<double> &low,
                                    std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_probability_alive_interval_column(handle(), of.handle(), later, level, 0, of.size(), l, room(of, high)));
    }
    void expected_purchases_interval(const purchases &of, double t, double level, std::vector<double> &low,
                                     std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_expected_purchases_interval_column(handle(), of.handle(), t, level, 0, of.size(), l, room(of, high)));
    }
    void probability_of_purchases_interval(const purchases &of, int64_t n, double t, double level, std::vector<double> &low,
                                           std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_probability_of_purchases_interval_column(handle(), of.handle(), n, t, level, 0, of.size(), l,
                                                                 room(of, high)));
    }
    void discounted_purchases_interval(const purchases &of, double t, double delta, double level, std::vector<double> &low,
                                       std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_discounted_purchases_interval_column(handle(), of.handle(), t, delta, level, 0, of.size(), l,
                                                             room(of, high)));
    }
    void expected_value_interval(const purchases &of, double level, std::vector<double> &low, std::vector<double> &high) const
    {
        double *const l = room(of, low);
        check(eng_model_expected_value_interval_column(handle(), of.handle(), level, 0, of.size(), l, room(of, high)));
    }

private:
    static int64_t rows(const std::vector<int64_t> &of) { return static_cast<int64_t>(of.size()); }
    static double *room(const std::vector<int64_t> &of, std::vector<double> &values)
    {
        values.resize(of.size());
        return detail::first(values);
    }
    static double *room(const purchases &of, std::vector<double> &values)
    {
        values.resize(static_cast<std::size_t>(of.size()));
        return values.empty() ? 0 : &values[0];
    }
};

inline void ledger::simulate(const model &buying, const model *spending, int64_t customers, int64_t from, int64_t to, int64_t until,
                             int32_t time_unit, int64_t seed, double review_share, double contentment_a, double contentment_b,
                             double referred)
{
    check(eng_ledger_simulate(handle(), buying.handle(), spending == 0 ? 0 : spending->handle(), customers, from, to, until,
                              time_unit, review_share, contentment_a, contentment_b, referred, seed));
}

inline void purchases::simulate(const model &buying, const std::vector<double> &ages, int64_t seed)
{
    const int64_t rows = static_cast<int64_t>(ages.size());
    check(eng_purchases_simulate(handle(), buying.handle(), 0, rows, detail::first(ages), seed));
}

inline void purchases::simulate(const model &buying, const model &spending, const std::vector<double> &ages, int64_t seed)
{
    const int64_t rows = static_cast<int64_t>(ages.size());
    check(eng_purchases_simulate(handle(), buying.handle(), spending.handle(), rows, detail::first(ages), seed));
}

/* What the draws of a posterior say of a parameter. */
struct drawn_parameter {
    std::string name;
    double mean, standard_deviation, r_hat, bulk_size, tail_size;
};

/* Models drawn from what priors and purchases say of the parameters. */
class posterior : public detail::owner<eng_posterior, eng_posterior_new, eng_posterior_free, eng_posterior_error> {
public:
    void set_draws(int64_t chains, int64_t warm_up, int64_t draws)
    {
        check(eng_posterior_set_draws(handle(), chains, warm_up, draws));
    }
    void set_seed(int64_t seed) { check(eng_posterior_set_seed(handle(), seed)); }
    void set_threads(int32_t threads) { check(eng_posterior_set_threads(handle(), threads)); }
    void set_k(int64_t k) { check(eng_posterior_set_k(handle(), k)); }
    void set_prior(const std::string &parameter, int32_t prior, double first = 0, double second = 0)
    {
        check(eng_posterior_set_prior(handle(), parameter.data(), detail::length(parameter), prior, first, second));
    }
    void sample(const std::string &name, const purchases &from)
    {
        check(eng_posterior_sample(handle(), name.data(), detail::length(name), from.handle()));
    }
    /* From other threads, while one draws. */
    void progress(int64_t &done, int64_t &total) const { check(eng_posterior_progress(handle(), &done, &total)); }
    void cancel() { check(eng_posterior_cancel(handle())); }
    int64_t chains() const { return counts().chains; }
    /* Of all chains together. */
    int64_t size() const { return counts().draws; }
    int64_t divergences() const { return counts().divergences; }
    std::string notes() const { return text_of(eng_posterior_notes); }
    std::vector<drawn_parameter> parameters() const
    {
        std::vector<drawn_parameter> all(static_cast<std::size_t>(counts().parameters));
        for (std::size_t i = 0; i < all.size(); i++) {
            drawn_parameter &one = all[i];
            const int64_t at = static_cast<int64_t>(i);
            check(detail::row_text(eng_posterior_parameter_name, handle(), at, one.name));
            check(eng_posterior_parameter(handle(), at, &one.mean, &one.standard_deviation, &one.r_hat, &one.bulk_size,
                                          &one.tail_size));
        }
        return all;
    }
    engagement::interval interval(int64_t parameter, double level) const
    {
        engagement::interval found;
        check(eng_posterior_interval(handle(), parameter, level, &found.low, &found.high));
        return found;
    }
    /* The draws of a parameter, chain after chain. */
    void column(int64_t parameter, std::vector<double> &values) const
    {
        values.resize(static_cast<std::size_t>(size()));
        check(eng_posterior_column(handle(), parameter, 0, size(), detail::first(values)));
    }

private:
    struct sizes {
        int64_t parameters, chains, draws, divergences;
    };
    sizes counts() const
    {
        sizes found;
        check(eng_posterior_count(handle(), &found.parameters, &found.chains, &found.draws, &found.divergences));
        return found;
    }
};

inline void model::from_posterior(const posterior &drawn, int64_t draw)
{
    check(eng_model_from_posterior(handle(), drawn.handle(), draw));
}

/* What gives points. */
class rulebook : public detail::owner<eng_rulebook, eng_rulebook_new, eng_rulebook_free, eng_rulebook_error> {
public:
    void standard() { check(eng_rulebook_standard(handle())); }
    void calibrated(const ledger &from, int64_t as_of) { check(eng_rulebook_calibrated(handle(), from.handle(), as_of)); }
    void from_toml(const std::string &toml) { check(eng_rulebook_from_toml(handle(), toml.data(), detail::length(toml))); }
    void from_json(const std::string &json) { check(eng_rulebook_from_json(handle(), json.data(), detail::length(json))); }
    std::string toml() const { return text_of(eng_rulebook_toml); }
    std::string json() const { return text_of(eng_rulebook_json); }
    std::string notes() const { return text_of(eng_rulebook_notes); }

    /* Models fitted to purchases told in weeks and counted by the day; other units are one call away. */
    void set_forecast(const model &buying, double weeks)
    {
        check(eng_rulebook_set_forecast(handle(), buying.handle(), 0, ENG_UNIT_WEEK, ENG_UNIT_DAY, weeks, 0, 1));
    }
    void set_forecast(const model &buying, const model &spending, double weeks, double discount_rate, double margin)
    {
        check(eng_rulebook_set_forecast(handle(), buying.handle(), spending.handle(), ENG_UNIT_WEEK, ENG_UNIT_DAY, weeks, discount_rate,
                                        margin));
    }
};

inline void model::from_rulebook(const rulebook &rules, int32_t sort)
{
    check(eng_model_from_rulebook(handle(), rules.handle(), sort));
}

/* One rule's share of a customer's points. */
struct contribution {
    std::string rule;
    int32_t way;
    double points;
    int64_t interactions;
};

/* What a customer will do and is worth, in millionths; the bits of `present` say what is there, the lowest for the first. */
struct forecast {
    double probability_alive, expected_purchases, expected_order_value;
    int64_t lifetime_value, say, stay, spend;
    int32_t present;
};

/* One customer's scores. */
class scorecard : public detail::owner<eng_scorecard, eng_scorecard_new, eng_scorecard_free, eng_scorecard_error> {
public:
    void score(const ledger &from, const rulebook &rules, const std::string &customer, int64_t as_of)
    {
        check(eng_scorecard_score(handle(), from.handle(), rules.handle(), customer.data(), detail::length(customer), as_of));
    }
    void explain(const ledger &from, const rulebook &rules, const std::string &customer, int64_t as_of)
    {
        check(eng_scorecard_explain(handle(), from.handle(), rules.handle(), customer.data(), detail::length(customer), as_of));
    }
    /* Whether there is a value in the column. */
    bool get(int32_t column, double &value) const
    {
        int32_t present = 0;
        check(eng_scorecard_double(handle(), column, &value, &present));
        return present != 0;
    }
    bool get(int32_t column, int64_t &value) const
    {
        int32_t present = 0;
        check(eng_scorecard_int64(handle(), column, &value, &present));
        return present != 0;
    }
    std::vector<contribution> contributions() const
    {
        int64_t count = 0;
        check(eng_scorecard_contribution_count(handle(), &count));
        std::vector<contribution> all;
        for (int64_t i = 0; i < count; i++) {
            contribution one;
            int64_t needed = 0;
            check(eng_scorecard_contribution(handle(), i, 0, 0, 0, 0, 0, &needed));
            std::vector<char> rule(static_cast<std::size_t>(needed));
            check(eng_scorecard_contribution(handle(), i, &one.way, &one.points, &one.interactions, &rule[0], needed, 0));
            one.rule = &rule[0];
            all.push_back(one);
        }
        return all;
    }
    engagement::forecast forecast() const
    {
        engagement::forecast f;
        check(eng_scorecard_forecast(handle(), &f.probability_alive, &f.expected_purchases, &f.expected_order_value, &f.lifetime_value,
                                     &f.say, &f.stay, &f.spend, &f.present));
        return f;
    }
    std::string json() const { return text_of(eng_scorecard_json); }
    /* After explain(). */
    std::string explanation() const { return text_of(eng_scorecard_explanation); }
    std::string explanation_json() const { return text_of(eng_scorecard_explanation_json); }
};

/* Why all customers are worth more, or less, than before, in millionths: before + the six in the middle = after. */
struct value_bridge {
    int64_t before, acquired, lost, stay, spend, say, margin, after;
};

/* The scores of all customers, as columns. */
class scores : public detail::owner<eng_scores, eng_scores_new, eng_scores_free, eng_scores_error> {
public:
    void set_threads(int32_t threads) { check(eng_scores_set_threads(handle(), threads)); }
    void set_contributions(bool keep) { check(eng_scores_set_contributions(handle(), keep ? 1 : 0)); }
    void score(const ledger &from, const rulebook &rules, int64_t as_of)
    {
        check(eng_scores_score(handle(), from.handle(), rules.handle(), as_of));
    }
    void progress(int64_t &done, int64_t &total) const { check(eng_scores_progress(handle(), &done, &total)); }
    void cancel() { check(eng_scores_cancel(handle())); }
    int64_t size() const
    {
        int64_t rows = 0, later = 0;
        check(eng_scores_count(handle(), &rows, &later));
        return rows;
    }
    std::string key(int64_t row) const
    {
        int64_t needed = 0;
        check(eng_scores_key(handle(), row, 0, 0, &needed));
        std::vector<char> text(static_cast<std::size_t>(needed));
        check(eng_scores_key(handle(), row, &text[0], needed, 0));
        return &text[0];
    }
    void column(int32_t column, std::vector<double> &values, std::vector<char> &valid) const
    {
        const int64_t rows = size();
        values.resize(static_cast<std::size_t>(rows));
        valid.resize(static_cast<std::size_t>(rows));
        if (rows > 0) {
            check(eng_scores_double_column(handle(), column, 0, rows, &values[0], &valid[0]));
        }
    }
    void column(int32_t column, std::vector<int64_t> &values) const
    {
        const int64_t rows = size();
        values.resize(static_cast<std::size_t>(rows));
        if (rows > 0) {
            check(eng_scores_int64_column(handle(), column, 0, rows, &values[0]));
        }
    }
    /* Amounts, in millionths. */
    void money(int32_t column, std::vector<int64_t> &micros, std::vector<char> &valid) const
    {
        const int64_t rows = size();
        micros.resize(static_cast<std::size_t>(rows));
        valid.resize(static_cast<std::size_t>(rows));
        if (rows > 0) {
            check(eng_scores_money_column(handle(), column, 0, rows, &micros[0], &valid[0]));
        }
    }
    value_bridge bridge(const scores &before) const
    {
        value_bridge b;
        check(eng_scores_bridge(handle(), before.handle(), &b.before, &b.acquired, &b.lost, &b.stay, &b.spend, &b.say, &b.margin,
                                &b.after));
        return b;
    }
    level_counts levels() const
    {
        level_counts c;
        check(eng_scores_levels(handle(), &c.fully_engaged, &c.engaged, &c.not_engaged, &c.actively_disengaged, &c.unknown,
                                &c.prospects));
        return c;
    }
};

/* Engagement ratios by group. */
class ratios : public detail::owner<eng_ratios, eng_ratios_new, eng_ratios_free, eng_ratios_error> {
public:
    /* The attribute is needed for ENG_BY_ATTRIBUTE only. */
    void measure(const ledger &from, const rulebook &rules, int64_t as_of, int32_t by = ENG_BY_ALL,
                 const std::string &attribute = std::string())
    {
        check(eng_ratios_measure(handle(), from.handle(), rules.handle(), as_of, by, attribute.data(), detail::length(attribute)));
    }
    int64_t size() const
    {
        int64_t groups = 0;
        check(eng_ratios_count(handle(), &groups));
        return groups;
    }
    std::string group(int64_t at) const { return text_at(eng_ratios_group, at); }
    std::string sentence(int64_t at) const { return text_at(eng_ratios_sentence, at); }
    level_counts levels(int64_t at) const
    {
        level_counts c;
        check(eng_ratios_levels(handle(), at, &c.fully_engaged, &c.engaged, &c.not_engaged, &c.actively_disengaged, &c.unknown,
                                &c.prospects));
        return c;
    }
    /* Whether there is a ratio; a bound of its 95 % interval that does not exist is 0. */
    bool ratio(int64_t at, double &ratio, double &low, double &high) const
    {
        int32_t present = 0;
        check(eng_ratios_ratio(handle(), at, &ratio, &low, &high, &present));
        return (present & 1) != 0;
    }

private:
    std::string text_at(int32_t(ENG_CALL *get)(eng_ratios, int64_t, char *, int64_t, int64_t *), int64_t at) const
    {
        int64_t needed = 0;
        check(get(handle(), at, 0, 0, &needed));
        std::vector<char> text(static_cast<std::size_t>(needed));
        check(get(handle(), at, &text[0], needed, 0));
        return &text[0];
    }
};

/* Customers by stage. */
struct stage_counts {
    int64_t rows, prospects, fresh, active, at_risk, lapsed;
};

/* New, active, at risk or lapsed: one customer, and all. Times are in the unit of the purchases. */
class stages : public detail::owner<eng_stages, eng_stages_new, eng_stages_free, eng_stages_error> {
public:
    void set_new_within(double new_within) { check(eng_stages_set_new_within(handle(), new_within)); }
    void set_thresholds(double at_risk, double lapsed) { check(eng_stages_set_thresholds(handle(), at_risk, lapsed)); }
    void set_rate(double r, double alpha) { check(eng_stages_set_rate(handle(), r, alpha)); }
    void set_typical_gap(double gap) { check(eng_stages_set_typical_gap(handle(), gap)); }
    void from_rulebook(const rulebook &rules, int32_t time_unit)
    {
        check(eng_stages_from_rulebook(handle(), rules.handle(), time_unit));
    }
    void tell(const purchases &of) { check(eng_stages_tell(handle(), of.handle())); }
    void from_columns(const std::vector<int64_t> &frequency, const std::vector<double> &recency, const std::vector<double> &age)
    {
        const int64_t rows = detail::rows(frequency, recency, age);
        check(eng_stages_from_columns(handle(), rows, detail::first(frequency), detail::first(recency), detail::first(age)));
    }
    /* ENG_STAGE_NEW to ENG_STAGE_LAPSED. */
    int32_t stage(int64_t frequency, double recency, double age) const
    {
        int32_t found = 0;
        check(eng_stages_stage(handle(), frequency, recency, age, &found));
        return found;
    }
    double silence(int64_t frequency, double recency, double age) const
    {
        double probability = 0;
        check(eng_stages_silence(handle(), frequency, recency, age, &probability));
        return probability;
    }
    stage_counts counts() const
    {
        stage_counts c;
        check(eng_stages_count(handle(), &c.rows, &c.prospects, &c.fresh, &c.active, &c.at_risk, &c.lapsed));
        return c;
    }
    void column(std::vector<int32_t> &values) const
    {
        const int64_t rows = counts().rows;
        values.resize(static_cast<std::size_t>(rows));
        check(eng_stages_column(handle(), 0, rows, detail::first(values)));
    }
};

/* Scores and segments by recency, frequency and monetary value. */
class rfm : public detail::owner<eng_rfm, eng_rfm_new, eng_rfm_free, eng_rfm_error> {
public:
    void set_bins(int32_t bins) { check(eng_rfm_set_bins(handle(), bins)); }
    void set_cuts(int32_t measure, const std::vector<double> &cuts)
    {
        check(eng_rfm_set_cuts(handle(), measure, static_cast<int64_t>(cuts.size()), detail::first(cuts)));
    }
    void set_segments(const std::string &json) { check(eng_rfm_set_segments(handle(), json.data(), detail::length(json))); }
    void set_threads(int32_t threads) { check(eng_rfm_set_threads(handle(), threads)); }
    void score(const ledger &from, int64_t as_of) { check(eng_rfm_score(handle(), from.handle(), as_of)); }
    void from_columns(const std::vector<double> &days_since_last, const std::vector<int64_t> &purchases,
                      const std::vector<double> &spend)
    {
        const int64_t rows = detail::rows(days_since_last, purchases, spend);
        check(eng_rfm_from_columns(handle(), rows, detail::first(days_since_last), detail::first(purchases), detail::first(spend)));
    }
    int64_t size() const
    {
        int64_t rows = 0, prospects = 0;
        check(eng_rfm_count(handle(), &rows, &prospects));
        return rows;
    }
    std::string key(int64_t row) const
    {
        std::string found;
        check(detail::row_text(eng_rfm_key, handle(), row, found));
        return found;
    }
    /* What a measure was made from. */
    void column(int32_t measure, std::vector<double> &values) const
    {
        values.resize(static_cast<std::size_t>(size()));
        check(eng_rfm_double_column(handle(), measure, 0, size(), detail::first(values)));
    }
    void scores(int32_t measure, std::vector<int32_t> &values) const
    {
        values.resize(static_cast<std::size_t>(size()));
        check(eng_rfm_score_column(handle(), measure, 0, size(), detail::first(values)));
    }
    /* Each an index into segment_names(). */
    void segments(std::vector<int32_t> &values) const
    {
        values.resize(static_cast<std::size_t>(size()));
        check(eng_rfm_segment_column(handle(), 0, size(), detail::first(values)));
    }
    std::vector<std::string> segment_names() const
    {
        int64_t count = 0;
        check(eng_rfm_segment_count(handle(), &count));
        std::vector<std::string> all;
        for (int64_t i = 0; i < count; i++) {
            int64_t needed = 0;
            check(eng_rfm_segment(handle(), i, 0, 0, 0, &needed));
            std::vector<char> name(static_cast<std::size_t>(needed));
            check(eng_rfm_segment(handle(), i, 0, &name[0], needed, 0));
            all.push_back(&name[0]);
        }
        return all;
    }
    void cuts(int32_t measure, std::vector<double> &values) const
    {
        int64_t count = 0;
        check(eng_rfm_cut_count(handle(), measure, &count));
        values.resize(static_cast<std::size_t>(count));
        check(eng_rfm_cuts(handle(), measure, 0, count, detail::first(values)));
    }
    std::string notes() const { return text_of(eng_rfm_notes); }
};

/* Customers who came in the same period. */
struct cohort {
    std::string start;
    int64_t customers, periods;
};

/* The cohort table. */
class retention : public detail::owner<eng_retention, eng_retention_new, eng_retention_free, eng_retention_error> {
public:
    void set_period(int32_t period) { check(eng_retention_set_period(handle(), period)); }
    void set_days(int64_t days) { check(eng_retention_set_days(handle(), days)); }
    void set_acquired_from(int64_t from) { check(eng_retention_set_acquired_from(handle(), from)); }
    void set_threads(int32_t threads) { check(eng_retention_set_threads(handle(), threads)); }
    void measure(const ledger &from, int64_t as_of) { check(eng_retention_measure(handle(), from.handle(), as_of)); }
    int64_t size() const
    {
        int64_t cohorts = 0, prospects = 0, earlier = 0;
        check(eng_retention_count(handle(), &cohorts, &prospects, &earlier));
        return cohorts;
    }
    engagement::cohort cohort(int64_t at) const
    {
        engagement::cohort found;
        int64_t needed = 0;
        check(eng_retention_cohort(handle(), at, &found.customers, &found.periods, 0, 0, &needed));
        std::vector<char> start(static_cast<std::size_t>(needed));
        check(eng_retention_cohort(handle(), at, 0, 0, &start[0], needed, 0));
        found.start = &start[0];
        return found;
    }
    /* ENG_RETENTION_ACTIVE to ENG_RETENTION_SPEND, of every period that is over. */
    void column(int64_t at, int32_t column, std::vector<int64_t> &values) const
    {
        const int64_t periods = cohort(at).periods;
        values.resize(static_cast<std::size_t>(periods));
        check(eng_retention_column(handle(), at, column, 0, periods, detail::first(values)));
    }
    double share(int64_t at, int32_t column, int64_t period, double &low, double &high) const
    {
        double share = 0;
        check(eng_retention_share(handle(), at, column, period, &share, &low, &high));
        return share;
    }
};

/* A survival curve. */
class survival : public detail::owner<eng_survival, eng_survival_new, eng_survival_free, eng_survival_error> {
public:
    void set_plain(bool plain) { check(eng_survival_set_plain(handle(), plain ? 1 : 0)); }
    void set_unit(int32_t time_unit) { check(eng_survival_set_unit(handle(), time_unit)); }
    void set_acquired_from(int64_t from) { check(eng_survival_set_acquired_from(handle(), from)); }
    void set_threads(int32_t threads) { check(eng_survival_set_threads(handle(), threads)); }
    void from_columns(const std::vector<double> &durations, const std::vector<char> &observed)
    {
        const int64_t rows = detail::rows(durations, observed);
        check(eng_survival_from_columns(handle(), rows, detail::first(durations), detail::first(observed)));
    }
    void of_contracts(const ledger &from, int64_t as_of) { check(eng_survival_of_contracts(handle(), from.handle(), as_of)); }
    void of_silence(const ledger &from, int64_t as_of, double gap)
    {
        check(eng_survival_of_silence(handle(), from.handle(), as_of, gap));
    }
    int64_t size() const
    {
        int64_t rows = 0, without = 0, earlier = 0;
        check(eng_survival_count(handle(), &rows, &without, &earlier));
        return rows;
    }
    void column(int32_t column, std::vector<double> &values, std::vector<char> &valid) const
    {
        values.resize(static_cast<std::size_t>(size()));
        valid.resize(values.size());
        check(eng_survival_double_column(handle(), column, 0, size(), detail::first(values), detail::first(valid)));
    }
    void column(int32_t column, std::vector<int64_t> &values) const
    {
        values.resize(static_cast<std::size_t>(size()));
        check(eng_survival_int64_column(handle(), column, 0, size(), detail::first(values)));
    }
    /* Whether it is known. */
    bool at(double time, double &probability) const
    {
        int32_t present = 0;
        check(eng_survival_at(handle(), time, &probability, &present));
        return present != 0;
    }
    /* Whether half of all left; an end of its interval that the data does not reach is 0. */
    bool median(double &median, double &low, double &high) const
    {
        int32_t present = 0;
        check(eng_survival_median(handle(), &median, &low, &high, &present));
        return (present & 1) != 0;
    }
};

/* Models and rulebooks side by side, on what came after they had to say it. */
class validation : public detail::owner<eng_validation, eng_validation_new, eng_validation_free, eng_validation_error> {
public:
    void add_model(const std::string &name) { check(eng_validation_add_model(handle(), name.data(), detail::length(name))); }
    void add_rulebook(const std::string &name, const rulebook &rules)
    {
        check(eng_validation_add_rulebook(handle(), name.data(), detail::length(name), rules.handle()));
    }
    void clear() { check(eng_validation_clear(handle())); }
    void set_origins(const std::vector<int64_t> &origins)
    {
        check(eng_validation_set_origins(handle(), static_cast<int64_t>(origins.size()), detail::first(origins)));
    }
    void set_acquired_from(int64_t from) { check(eng_validation_set_acquired_from(handle(), from)); }
    void set_intervals(double level, int64_t samples, int64_t seed)
    {
        check(eng_validation_set_intervals(handle(), level, samples, seed));
    }
    void set_threads(int32_t threads) { check(eng_validation_set_threads(handle(), threads)); }
    void validate(const ledger &from, double horizon, int32_t time_unit)
    {
        check(eng_validation_validate(handle(), from.handle(), horizon, time_unit));
    }
    /* From other threads, while one validates. */
    void progress(int64_t &done, int64_t &total) const { check(eng_validation_progress(handle(), &done, &total)); }
    void cancel() { check(eng_validation_cancel(handle())); }
    /* Whether a model could be chosen; its index among the candidates. */
    bool chosen(int64_t &candidate) const
    {
        int32_t present = 0;
        check(eng_validation_chosen(handle(), &candidate, &present));
        return present != 0;
    }
    std::string json() const { return text_of(eng_validation_json); }
};

} /* namespace engagement */

#endif /* ENGAGEMENT_HPP */
