/* Loads the library, uses it, unloads it and forks, again and again: nothing may be left behind that a later fork would call. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <engagement.h>

typedef int32_t (*make)(eng_ledger *);
typedef int32_t (*done)(eng_ledger);

/* ISO C has no cast from an object pointer to a function pointer. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
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
