/* Prints the version as callers use it: the macros of the header, then what the library says. One line each; all must agree. */
#include <stdio.h>

#include <engagement.h>

#if ENG_VERSION_NUMBER < 1 || ENG_INVALID_ARGUMENT > ENG_OK || ENG_ABI_VERSION < 1
#error "the macros cannot be used by the preprocessor"
#endif

int main(void)
{
    char text[64];
    int32_t abi;
    if (eng_version(text, sizeof text, NULL) != ENG_OK || eng_abi_version(&abi) != ENG_OK) {
        return 1;
    }
    printf("%s\n", ENG_VERSION);
    printf("%d.%d.%d\n", ENG_VERSION_MAJOR, ENG_VERSION_MINOR, ENG_VERSION_PATCH);
    printf("%d.%d.%d\n", ENG_VERSION_NUMBER / 1000000, ENG_VERSION_NUMBER / 1000 % 1000, ENG_VERSION_NUMBER % 1000);
    printf("%s\n", text);
    printf("abi %d %d %d\n", ENG_ABI_VERSION, (int)abi, -ENG_INVALID_ARGUMENT - ENG_INVALID_HANDLE);
    return 0;
}
