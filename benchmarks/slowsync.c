/* A disk on which every sync takes SYNC_US microseconds longer; for LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void rest(void) {
    long us = atol(getenv("SYNC_US"));
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

static int slowly(const char *name, int file) {
    int (*call)(int) = dlsym(RTLD_NEXT, name);
    int answer = call(file);
    rest();
    return answer;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
