/* What a network namespace has: its interfaces (rtnetlink), and which processes hold sockets in it. */

/* From here on this process is in a pod's network. */
static void enter_network(const char *uid) {
  char path[64];
  find_pod(uid);
  long fd = open_(proc(path, pod.first, "ns/net"), O_RDONLY);
  long error = fd < 0 ? fd : sys(setns, fd, 0x40000000 /* CLONE_NEWNET */, 0);
  if (error) fail(4, "cannot enter the network namespace", error);
}

struct attribute { u16 size, type; };

static void field(const char *name, u64 value) { put(' '), puts_(name), put('='), put_number(value); }

/* An attribute's number of 1, 2 or 4 bytes. */
static u32 bytes_as(const u8 *value, u32 size) {
  u32 number = 0;
  for (u32 i = size < 4 ? size : 4; i-- > 0;) number = number << 8 | value[i];
  return number;
}

/* IFLA_LINKINFO: the driver's kind. */
static void tell_kind(const u8 *at, const u8 *end) {
  for (u32 size; at + 4 <= end && (size = ((struct attribute *)at)->size) >= 4 && at + size <= end; at += (size + 3) & ~3U) {
    if ((((struct attribute *)at)->type & 0x3fff) == 1 && size > 5) puts_(" kind="), puts_((const char *)at + 4);
  }
}

static void tell_link(const u8 *message, u32 size) {
  static const char *const states[] = {"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"};
  const u8 *end = message + size;
  u32 index = bytes_as(message + 4, 4), flags = bytes_as(message + 8, 4), mtu = 0, link = 0, master = 0, state = 0;
  const char *name = "";
  const u8 *info = 0, *info_end = 0;
  for (const u8 *at = message + 16; at + 4 <= end;) {
    struct attribute *own = (struct attribute *)at;
    if (own->size < 4 || at + own->size > end) break;
    const u8 *value = at + 4;
    u32 length = own->size - 4;
    switch (own->type & 0x3fff) {
      case 3: name = (const char *)value; break;
      case 4: mtu = bytes_as(value, length); break;
      case 5: link = bytes_as(value, length); break;
      case 10: master = bytes_as(value, length); break;
      case 16: state = value[0]; break;
      case 18: info = value, info_end = value + length; break;
    }
    at += (own->size + 3) & ~3U;
  }
  puts_(name), field("index", index);
  if (link) field("link", link);
  field("mtu", mtu), puts_(" state="), puts_(state < 7 ? states[state] : "unknown"), field("flags", flags);
  if (master) field("master", master);
  if (info) tell_kind(info, info_end);
  put('\n');
}

/* One line an interface, as section `links` of a reading has them; flags are decimal here. */
static void tell_links(void) {
  static u8 buffer[65536] __attribute__((aligned(8)));
  struct { u32 size; u16 type, flags; u32 sequence, pid; u8 family; u8 rest[15]; } ask = {32, 18 /* RTM_GETLINK */, 0x301 /* request, dump */, 1, 0, 0, {0}};
  long fd = sys(socket, 16 /* AF_NETLINK */, 3 | O_CLOEXEC, 0), size;
  if (fd < 0) fail(4, "no netlink socket", fd);
  size = sys6(sendto, fd, &ask, 32, 0, 0, 0);
  if (size < 0) fail(4, "cannot ask for interfaces", size);
  for (;;) {
    size = sys6(recvfrom, fd, buffer, sizeof buffer, 0, 0, 0);
    if (size == -EINTR) continue;
    if (size <= 0) fail(4, "interfaces were not told", size);
    for (u8 *at = buffer; at + 16 <= buffer + size;) {
      u32 length = bytes_as(at, 4), type = bytes_as(at + 4, 2);
      if (type == 3 /* NLMSG_DONE */) return;
      if (type == 2 /* NLMSG_ERROR */ || length < 16 || at + length > buffer + size) fail(4, "interfaces were not told", -EINVAL);
      if (type == 16 /* RTM_NEWLINK */ && length >= 32) tell_link(at + 16, length - 16);
      at += (length + 3) & ~3U;
    }
  }
}

static char network[64], own_network[64];
static u64 holders[4096];
static u32 holder_count;
static int is_holder(const char *name) {
  char path[64];
  u64 pid = pid_of(name);
  long size = pid ? sys6(readlinkat, AT_FDCWD, proc(path, pid, "ns/net"), own_network, sizeof own_network - 1, 0, 0) : -1;
  if (size <= 0) return 0;
  own_network[size] = 0;
  if (same(own_network, network) && holder_count < 4096) holders[holder_count++] = pid;
  return 0;
}

static u64 holder;
static int tell_socket(const char *name) {
  char path[128], descriptor[40];
  u64 size = length(name);
  if (size > 20 || size == 0) return 0;
  memcpy(descriptor, "fd/", 3), memcpy(descriptor + 3, name, size + 1);
  long read = sys6(readlinkat, AT_FDCWD, proc(path, holder, descriptor), text, 64, 0, 0);
  if (read <= 0 || read >= 64) return 0;
  text[read] = 0;
  if (!starts(text, "socket:[")) return 0;
  for (char *at = text + 8; *at >= '0' && *at <= '9'; at++) put(*at);
  put(' '), put_number(holder), put(' ');
  slurp(proc(path, holder, "comm"), text, 64), puts_(text); /* comm ends its line */
  return 0;
}

/* `INODE PID NAME` of every socket that a process of the pod's network holds. */
static void tell_holders(const char *uid) {
  char path[64];
  find_pod(uid);
  long size = sys6(readlinkat, AT_FDCWD, proc(path, pod.first, "ns/net"), network, sizeof network - 1, 0, 0);
  if (size <= 0) fail(4, "cannot see the network namespace", size);
  network[size] = 0;
  names_in("/proc", is_holder);
  for (u32 i = 0; i < holder_count; i++) {
    char folder_[64];
    holder = holders[i];
    names_in(proc(folder_, holder, "fd"), tell_socket);
  }
}
