/* What /proc tells of a node's processes, for the modes that read files at a place. */
#include <linux/elf.h>

static char text[65536];

/* The process that stands for a pod: its network namespace, and its files. */
static struct { const char *uid; int by_mounts; u64 first, program; } pod;

/* `a` in `b`, taking `_` for `-`: the kubelet's systemd driver writes a pod's UID so (kubernetes pkg/kubelet/cm/cgroup_manager_linux.go). */
static int holds(const char *whole, const char *before, const char *uid) {
  for (; *whole; whole++) {
    const char *at = whole, *part = before;
    while (*part && *at == *part) at++, part++;
    if (*part) continue;
    part = uid;
    while (*part && (*at == *part || (*at == '_' && *part == '-'))) at++, part++;
    if (!*part) return 1;
  }
  return 0;
}

static u64 pid_of(const char *name) {
  u64 pid = 0;
  for (; *name >= '0' && *name <= '9'; name++) pid = pid * 10 + *name - '0';
  return *name ? 0 : pid;
}

static int look_for_pod(const char *name) {
  char path[64];
  u64 pid = pid_of(name);
  if (!pid) return 0;
  int is = slurp(proc(path, pid, pod.by_mounts ? "mountinfo" : "cgroup"), text, sizeof text) > 0 && holds(text, pod.by_mounts ? "/pods/" : "pod", pod.uid);
  if (!is || sys6(readlinkat, AT_FDCWD, proc(path, pid, "root"), text, sizeof text, 0, 0) < 0) return 0; /* one that has ended has no root */
  slurp(proc(path, pid, "comm"), text, sizeof text);
  int pause = same(text, "pause\n");
  if (!pod.first || pause) pod.first = pid;
  if (!pause && (!pod.program || pid < pod.program)) pod.program = pid;
  return 0;
}

/* Ends with status 3 when the node runs no process of the pod. */
static void find_pod(const char *uid) {
  pod.uid = uid;
  if (length(uid) >= 8) names_in("/proc", look_for_pod);
  pod.by_mounts = 1; /* slower: only when no cgroup names it */
  if (length(uid) >= 8 && !pod.first) names_in("/proc", look_for_pod);
  if (!pod.first) fail(3, "no process of this pod", -ENOENT);
  if (!pod.program) pod.program = pod.first;
}

/* From here on `/` is that process's root, as it sees it: a symbolic link of the pod cannot lead out of it. */
static void enter_root(u64 pid) {
  char path[64];
  long error = sys(chroot, proc(path, pid, "root"), 0, 0);
  if (!error) error = sys(chdir, "/", 0, 0);
  if (error) fail(4, "cannot enter the file system", error);
}

/* Prints a regular file up to 1 MiB. A pod's file may be anything: a pipe or a device is not read. */
static void cat(const char *path) {
  struct stat stat;
  long fd = open_(path, O_RDONLY | O_NONBLOCK | O_NOCTTY), size, left = 1 << 20;
  if (fd < 0) fail(1, path, fd);
  if (sys(fstat, fd, &stat, 0) || (stat.st_mode & 0170000) != 0100000) fail(1, path, -EINVAL);
  while (left > 0 && (size = sys(read, fd, text, sizeof text)) > 0) {
    for (long i = 0; i < size && left > 0; i++, left--) put(text[i]);
  }
  if (!left) fail(1, path, -EFBIG);
}

/* A byte string in a part of a file. */
static int within(const u8 *from, u64 size, const char *needle) {
  u64 need = length(needle);
  for (const u8 *to = from + size; from + need <= to; from++) {
    u64 i = 0;
    while (i < need && from[i] == (u8)needle[i]) i++;
    if (i == need) return 1;
  }
  return 0;
}

/*
 * ` interpreter PATH` (ELF's PT_INTERP) or ` static`, then ` go` for a program with Go's build information, and for a static one of up to
 * 8 MiB ` glibc`, ` musl` or ` uclibc`, by texts that each has in every static program: a tunable's name, strerror(0), its own name.
 */
static void describe(long fd) {
  struct stat stat;
  if (fd < 0 || sys(fstat, fd, &stat, 0) || (stat.st_mode & 0170000) != 0100000 || stat.st_size < (long)sizeof(Elf64_Ehdr)) return;
  u64 size = stat.st_size;
  u8 *file = (u8 *)sys6(mmap, 0, size, 1 /* PROT_READ */, 2 /* MAP_PRIVATE */, fd, 0);
  if ((long)file < 0 && (long)file > -4096) return;
  Elf64_Ehdr *head = (Elf64_Ehdr *)file;
  if (!within(file, 5, "\177ELF\002") || head->e_phoff > size || head->e_phnum * sizeof(Elf64_Phdr) > size - head->e_phoff) return;
  int dynamic = 0, go = 0;
  Elf64_Phdr *part = (Elf64_Phdr *)(file + head->e_phoff);
  for (int i = 0; i < head->e_phnum; i++, part++) {
    if (part->p_offset > size || part->p_filesz > size - part->p_offset) continue;
    u8 *bytes = file + part->p_offset;
    if (part->p_type == PT_INTERP && part->p_filesz > 1 && part->p_filesz < 256 && bytes[part->p_filesz - 1] == 0) dynamic = 1, puts_(" interpreter "), puts_((char *)bytes);
    if (part->p_type == PT_LOAD && part->p_flags & PF_W) go |= within(bytes, part->p_filesz < 65536 ? part->p_filesz : 65536, "\377 Go buildinf:");
  }
  if (!dynamic) puts_(" static");
  if (go) puts_(" go");
  else if (!dynamic && size <= 8 << 20) {
    if (within(file, size, "GLIBC_TUNABLES")) puts_(" glibc");
    else if (within(file, size, "No error information")) puts_(" musl");
    else if (within(file, size, "uClibc")) puts_(" uclibc");
  }
}

/* A pod's process: `PID NAME`, and on a second line what its program is. */
static void tell_process(u64 pid) {
  char path[64];
  slurp(proc(path, pid, "comm"), text, sizeof text);
  put_number(pid), put(' '), puts_(text); /* comm ends its line */
  long size = sys6(readlinkat, AT_FDCWD, proc(path, pid, "exe"), text, sizeof text - 1, 0, 0);
  if (size < 0) return;
  text[size] = 0;
  puts_(text);
  describe(open_(proc(path, pid, "exe"), O_RDONLY));
  put('\n');
}

static char folder[320];

static int is_libc(const char *name) {
  if (!starts(name, "ld-musl-") && !same(name, "libc.so.6") && !starts(name, "ld-linux") && !starts(name, "ld64.so.") && !starts(name, "libuClibc") && !starts(name, "ld-uClibc") && !starts(name, "ld64-uClibc")) return 0;
  puts_(folder), put('/'), puts_(name), put('\n');
  return 0;
}

/* Multiarch folders: `x86_64-linux-gnu`. Their names are gathered first: one listing at a time. */
static char triplets[2048];
static u64 triplets_size;
static int is_triplet(const char *name) {
  u64 size = length(name) + 1, i = 0;
  while (name[i] && !starts(name + i, "-linux-")) i++;
  if (name[i] && triplets_size + size < sizeof triplets) memcpy(triplets + triplets_size, name, size), triplets_size += size;
  return 0;
}

/* The C libraries in the file system, one path a line; of busybox also what it is made with. */
static void list_libc(void) {
  static const char *const folders[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib32", 0};
  static const char *const boxes[] = {"/bin/busybox", "/usr/bin/busybox", 0};
  for (const char *const *at = folders; *at; at++) {
    u64 size = length(*at);
    memcpy(folder, *at, size + 1);
    names_in(folder, is_libc);
    triplets_size = 0;
    names_in(folder, is_triplet);
    for (u64 from = 0; from < triplets_size; from += length(triplets + from) + 1) {
      folder[size] = '/';
      memcpy(folder + size + 1, triplets + from, length(triplets + from) + 1);
      names_in(folder, is_libc);
    }
  }
  for (const char *const *at = boxes; *at; at++) {
    long fd = open_(*at, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) continue;
    puts_(*at);
    describe(fd);
    put('\n');
  }
}

static u64 kubelet;

/* By its name, or by its program's: `kubelet` and `hyperkube kubelet`. */
static int look_for_kubelet(const char *name) {
  char path[64];
  u64 pid = pid_of(name);
  if (!pid) return 0;
  long size = slurp(proc(path, pid, "cmdline"), text, 4096);
  const char *program = last_part(text);
  if (size > 0 && (same(program, "kubelet") || (same(program, "hyperkube") && same(text + length(text) + 1, "kubelet")))) kubelet = pid;
  return kubelet != 0;
}

/* `pid PID`, then its flags that are about DNS, a line each, `--flag=value`: nothing else of its command line, which may hold secrets. */
static void tell_kubelet(void) {
  static const char *const flags[] = {"--cluster-dns", "--cluster-domain", "--resolv-conf", "--config", "--config-dir", 0};
  char path[64];
  names_in("/proc", look_for_kubelet);
  if (!kubelet) fail(3, "no process kubelet", -ENOENT);
  long size = slurp(proc(path, kubelet, "cmdline"), text, sizeof text);
  puts_("pid "), put_number(kubelet), put('\n');
  for (long at = 0; at < size; at += length(text + at) + 1) {
    for (const char *const *flag = flags; *flag; flag++) {
      const char *word = text + at;
      u64 n = length(*flag);
      if (!starts(word, *flag) || (word[n] && word[n] != '=')) continue;
      const char *value = word + n + 1; /* behind `=`, or the next word */
      if (value >= text + size) continue;
      puts_(*flag), put('='), puts_(value), put('\n');
    }
  }
}
