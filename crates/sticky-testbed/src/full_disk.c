// Answers that the disk is full to whoever lets a file below FULL_DISK_BELOW grow while FULL_DISK_WHILE exists.
// Preloaded, because a disk of its own takes rights that not every computer gives.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_below(int fd, const char *directory) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, directory, strlen(directory)) == 0;
}

static int is_full(int fd, off_t end) {
    const char *below = getenv("FULL_DISK_BELOW"), *flag = getenv("FULL_DISK_WHILE");
    struct stat file;
    return below && flag && access(flag, F_OK) == 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)
        && end > file.st_size && is_below(fd, below);
}

static ssize_t refuse(void) {
    errno = ENOSPC;
    return -1;
}

static off_t total(const struct iovec *parts, int count) {
    off_t sum = 0;
    for (int part = 0; part < count; part++) sum += parts[part].iov_len;
    return sum;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) {
    if (is_full(fd, lseek(fd, 0, SEEK_CUR) + count)) return refuse();
    return REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    if (is_full(fd, offset + count)) return refuse();
    return REAL(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    if (is_full(fd, offset + count)) return refuse();
    return REAL(pwrite64)(fd, bytes, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    if (is_full(fd, offset + total(parts, count))) return refuse();
    return REAL(pwritev)(fd, parts, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    if (is_full(fd, offset + total(parts, count))) return refuse();
    return REAL(pwritev64)(fd, parts, count, offset);
}

int ftruncate64(int fd, off64_t length) {
    if (is_full(fd, length)) return refuse();
    return REAL(ftruncate64)(fd, length);
}

int posix_fallocate(int fd, off_t offset, off_t length) {
    if (is_full(fd, offset + length)) return ENOSPC;
    return REAL(posix_fallocate)(fd, offset, length);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    if (is_full(fd, offset + length)) return ENOSPC;
    return REAL(posix_fallocate64)(fd, offset, length);
}
