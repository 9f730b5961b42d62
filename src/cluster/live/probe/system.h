/* System calls without a C library, for Linux on x86-64 and arm64. Numbers and structures are the kernel's own (its uapi headers). */
#ifndef KDIAG_SYSTEM_H
#define KDIAG_SYSTEM_H
#include <asm/errno.h>
#include <asm/poll.h>
#include <asm/socket.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/time.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

static long call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#else
#error "no system calls for this processor"
#endif
}

#define sys(name, a, b, c) call(__NR_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys6(name, a, b, c, d, e, f) call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call begin\n hlt\n");
#else
__asm__(".globl _start\n_start: mov x29, #0\n mov x30, #0\n mov x0, sp\n bl begin\n brk #0\n");
#endif

/* The compiler may call these for what it makes of loops and structures. */
void *memset(void *to, int value, u64 size) {
  for (u64 i = 0; i < size; i++) ((volatile u8 *)to)[i] = (u8)value;
  return to;
}
void *memcpy(void *to, const void *from, u64 size) {
  for (u64 i = 0; i < size; i++) ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
  return to;
}

static u64 length(const char *text) {
  u64 n = 0;
  while (text[n]) n++;
  return n;
}
static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}
static int starts(const char *text, const char *with) {
  while (*with && *text == *with) text++, with++;
  return !*with;
}
static const char *last_part(const char *path) {
  const char *last = path;
  for (; *path; path++) if (*path == '/') last = path + 1;
  return last;
}

static struct { char bytes[65536]; u64 size; } out;

static void flush(void) {
  for (u64 at = 0; at < out.size;) {
    long n = sys(write, 1, out.bytes + at, out.size - at);
    if (n == -EINTR) continue;
    if (n <= 0) sys(exit_group, 1, 0, 0); /* nobody reads any more */
    at += n;
  }
  out.size = 0;
}
static void put(char c) {
  if (out.size == sizeof out.bytes) flush();
  out.bytes[out.size++] = c;
}
static void puts_(const char *text) {
  while (*text) put(*text++);
}
static char *digits(char *end, u64 value) {
  *end = 0;
  do *--end = '0' + value % 10; while (value /= 10);
  return end;
}
static void put_number(u64 value) {
  char text[24];
  puts_(digits(text + 23, value));
}
static void put_hex(const u8 *bytes, u64 size) {
  for (u64 i = 0; i < size; i++) put("0123456789abcdef"[bytes[i] >> 4]), put("0123456789abcdef"[bytes[i] & 15]);
}

static void say(const char *text) { sys(write, 2, text, length(text)); }

/* Ends with `what: reason` on stderr. */
static __attribute__((noreturn)) void fail(int status, const char *what, long error) {
  char number[24];
  flush();
  say(what);
  say(": ");
  if (error == -ENOENT) say("No such file or directory");
  else if (error == -EACCES || error == -EPERM) say("Permission denied");
  else say("error "), say(digits(number + 23, -error));
  say("\n");
  for (;;) sys(exit_group, status, 0, 0);
}
static __attribute__((noreturn)) void finish(int status) {
  flush();
  for (;;) sys(exit_group, status, 0, 0);
}

/* `/proc/PID/NAME` */
static const char *proc(char *path, u64 pid, const char *name) {
  char text[24];
  char *to = path;
  for (const char *part = "/proc/"; *part;) *to++ = *part++;
  for (const char *part = digits(text + 23, pid); *part;) *to++ = *part++;
  *to++ = '/';
  while ((*to++ = *name++));
  return path;
}
static long open_(const char *path, int flags) { return sys6(openat, AT_FDCWD, path, flags | O_CLOEXEC, 0, 0, 0); }

/* The beginning of a file, ended by a zero; its size, or an error. */
static long slurp(const char *path, char *to, long room) {
  long fd = open_(path, O_RDONLY), size = 0, n;
  if (fd < 0) return fd;
  while (size < room - 1 && (n = sys(read, fd, to + size, room - 1 - size)) > 0) size += n;
  sys(close, fd, 0, 0);
  to[size] = 0;
  return size;
}

struct entry { u64 inode; long offset; u16 size; u8 type; char name[]; };

/* Every name in a folder; ends early when `each` gives something else than zero. */
static void names_in(const char *folder, int (*each)(const char *name)) {
  long fd = open_(folder, O_RDONLY | O_DIRECTORY), size;
  if (fd < 0) return;
  char listing[8192] __attribute__((aligned(8)));
  while ((size = sys(getdents64, fd, listing, sizeof listing)) > 0)
    for (long at = 0; at < size;) {
      struct entry *entry = (struct entry *)(listing + at);
      if (each(entry->name)) { sys(close, fd, 0, 0); return; }
      at += entry->size;
    }
  sys(close, fd, 0, 0);
}

static long micros(void) {
  struct timespec now;
  sys(clock_gettime, 1 /* CLOCK_MONOTONIC */, &now, 0);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}
#endif
