/*
 * Loads the library, uses it, unloads it and forks, again and again: nothing may be left behind that a later fork, or the end of a thread,
 * would call. Threads and a sampler from elsewhere are a part of the use.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <engagement.h>

typedef int32_t (*make)(eng_ledger *);
typedef int32_t (*done)(eng_ledger);
typedef int32_t (*make_purchases)(eng_purchases *);
typedef int32_t (*done_purchases)(eng_purchases);
typedef int32_t (*fill)(eng_purchases, int64_t, const int64_t *, const double *, const double *, const double *, const int64_t *,
                        const double *);
typedef int32_t (*make_posterior)(eng_posterior *);
typedef int32_t (*done_posterior)(eng_posterior);
typedef int32_t (*size)(eng_posterior, int64_t, int64_t, int64_t);
typedef int32_t (*sample)(eng_posterior, const char *, int64_t, eng_purchases);

/* ISO C has no cast from an object pointer to a function pointer. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
}

/* Draws a few models on two threads. */
static int draws(void *library)
{
    static const int64_t frequency[4] = {2, 0, 3, 1};
    static const double recency[4] = {30.0, 0.0, 12.0, 0.5}, age[4] = {39.0, 38.0, 20.0, 10.0};
    make_purchases new_purchases = NULL;
    done_purchases free_purchases = NULL;
    fill from_columns = NULL;
    make_posterior new_posterior = NULL;
    done_posterior free_posterior = NULL;
    size set_draws = NULL;
    sample sample_posterior = NULL;
    eng_purchases purchases;
    eng_posterior posterior;

    find(library, "eng_purchases_new", &new_purchases);
    find(library, "eng_purchases_free", &free_purchases);
    find(library, "eng_purchases_from_columns", &from_columns);
    find(library, "eng_posterior_new", &new_posterior);
    find(library, "eng_posterior_free", &free_posterior);
    find(library, "eng_posterior_set_draws", &set_draws);
    find(library, "eng_posterior_sample", &sample_posterior);
    return new_purchases(&purchases) == ENG_OK && new_posterior(&posterior) == ENG_OK &&
           from_columns(purchases, 4, frequency, recency, age, NULL, NULL, NULL) == ENG_OK &&
           set_draws(posterior, 2, 20, 10) == ENG_OK && sample_posterior(posterior, "nbd", -1, purchases) == ENG_OK &&
           free_posterior(posterior) == ENG_OK && free_purchases(purchases) == ENG_OK;
}

int main(int argc, char **argv)
{
    int round;
    if (argc != 2) {
        return 2;
    }
    for (round = 0; round < 100; round++) {
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        make new_ledger = NULL;
        done free_ledger = NULL;
        eng_ledger ledger;
        int status = 0;
        pid_t child;
        if (library == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        find(library, "eng_ledger_new", &new_ledger);
        find(library, "eng_ledger_free", &free_ledger);
        if (new_ledger == NULL || free_ledger == NULL || new_ledger(&ledger) != ENG_OK || free_ledger(ledger) != ENG_OK) {
            fprintf(stderr, "round %d: no ledger\n", round);
            return 1;
        }
        if (!draws(library)) {
            fprintf(stderr, "round %d: no posterior\n", round);
            return 1;
        }
        if (free_ledger(ledger) != ENG_INVALID_HANDLE || dlclose(library) != 0) {
            fprintf(stderr, "round %d: not freed, or not unloaded\n", round);
            return 1;
        }
        child = fork();
        if (child == 0) {
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            fprintf(stderr, "round %d: the fork after unloading failed\n", round);
            return 1;
        }
    }
    return 0;
}
