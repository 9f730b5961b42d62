/* What is asked, what is under way, and what is told of it: for ask.h, where the form of arguments and lines stands, and tcp.h. */
#include <linux/errqueue.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/resource.h>

#define MAX_ASKS 2048
#define MAX_TRIES 8192
#define MAX_OPEN 1000
#define STAGGER 10000
#define BURST 16
#define MAX_ROOM (8 << 20)
#define MAX_PADDING 60000

union address { u16 family; struct sockaddr_in v4; struct sockaddr_in6 v6; };
/* `room`: bytes of an answer over TCP; `total`: bytes to send there, from `first` in the payload on. */
struct ask { union address to; u8 tcp, stream, tls; u16 tries; long timeout; u16 size; u8 first; u32 room, total; u8 payload[514]; };
/* `connected`: microseconds, or -1. */
struct open { u32 ask; u32 number; long fd, began, connected; u32 got, sent; u8 *answer; };
struct message { void *name; u32 name_size; struct { void *base; u64 size; } *parts; u64 count; void *control; u64 control_size; u32 flags; };

static struct ask asks[MAX_ASKS];
static struct open opened[MAX_OPEN];
static struct pollfd polled[MAX_OPEN];
static u8 datagram[65536];

static int nibble(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }
static int bytes_of(const char **text, u8 *to, int room) {
  int size = 0;
  for (; nibble(**text) >= 0 && nibble((*text)[1]) >= 0; *text += 2) {
    if (size == room) return -1;
    to[size++] = nibble(**text) << 4 | nibble((*text)[1]);
  }
  return **text == '.' || **text == 0 ? size : -1;
}
static long number_of(const char **text) {
  long value = 0;
  if (**text == '.') ++*text;
  for (; **text >= '0' && **text <= '9' && value < 100000000; ++*text) value = value * 10 + **text - '0';
  return value;
}
static u16 net16(u32 value) { return (u16)(value << 8 | (value >> 8 & 255)); }

/* Whether it is one. */
static int read_ask(const char *text, struct ask *ask) {
  u8 address[16];
  ask->tcp = *text != 'u';
  ask->stream = *text == 's';
  if ((*text != 't' && *text != 'u' && *text != 's') || text[1] != '.') return 0;
  text += 2;
  int size = bytes_of(&text, address, 16);
  u16 port = net16(number_of(&text));
  if (size == 4) ask->to.v4.sin_family = 2, ask->to.v4.sin_port = port, memcpy(&ask->to.v4.sin_addr, address, 4);
  else if (size == 16) ask->to.v6.sin6_family = 10, ask->to.v6.sin6_port = port, memcpy(&ask->to.v6.sin6_addr, address, 16);
  else return 0;
  ask->timeout = number_of(&text) * 1000;
  ask->tries = number_of(&text);
  ask->room = ask->stream ? number_of(&text) : 65537;
  ask->tls = ask->stream ? number_of(&text) : 0;
  u32 padding = ask->stream ? number_of(&text) : 0;
  if (*text++ != '.' || ask->room > MAX_ROOM || padding > MAX_PADDING) return 0;
  int payload = bytes_of(&text, ask->payload + 2, 512);
  ask->payload[0] = payload >> 8, ask->payload[1] = payload & 255;
  ask->size = payload;
  ask->first = ask->stream ? 2 : 0;
  ask->total = payload + 2 - ask->first + padding;
  return (ask->stream ? payload >= 0 : payload > 0) && *text == 0;
}

static u32 size_of(const union address *address) { return address->family == 2 ? sizeof address->v4 : sizeof address->v6; }

static void put_address(const union address *address) {
  if (address == 0 || (address->family != 2 && address->family != 10)) { put('-'); return; }
  if (address->family == 2) put_hex((const u8 *)&address->v4.sin_addr, 4);
  else put_hex((const u8 *)&address->v6.sin6_addr, 16);
  put('.');
  put_number(net16(address->v4.sin_port)); /* at the same place in both */
}

static void told(u32 ask, u32 number, const char *what, long error, long took, const union address *from, const struct sock_extended_err *icmp, const u8 *bytes, u64 size, long connected) {
  put_number(ask), put(' '), put_number(number), put(' '), puts_(what), put(' '), put_number(error), put(' '), put_number(took), put(' ');
  put_address(from);
  put(' ');
  if (icmp) put_number(icmp->ee_type), put('.'), put_number(icmp->ee_code); else put('-');
  put(' ');
  if (size) put_hex(bytes, size); else put('-');
  if (asks[ask].stream) {
    put(' ');
    if (connected < 0) put('-'); else put_number(connected);
  }
  put('\n');
}

/* One that has ended is told, and its socket closed: fd becomes -1. */
static void end(struct open *one, const char *what, long error, const union address *from, const struct sock_extended_err *icmp, const u8 *bytes, u64 size) {
  told(one->ask, one->number, what, error, micros() - one->began, from, icmp, bytes, size, one->connected);
  sys(close, one->fd, 0, 0);
  one->fd = -1;
  if (one->answer) sys(munmap, one->answer, asks[one->ask].room, 0);
}

/* Whether ICMP errors are kept for recvmsg; of TCP the kernel keeps those about a SYN (since 5.11). */
static void tell_icmp(struct open *one, int on) {
  if (asks[one->ask].to.family == 2) sys6(setsockopt, one->fd, 0 /* IPPROTO_IP */, 11 /* IP_RECVERR */, &on, sizeof on, 0);
  else sys6(setsockopt, one->fd, 41 /* IPPROTO_IPV6 */, 25 /* IPV6_RECVERR */, &on, sizeof on, 0);
}

/* An ICMP error about what was sent, and who sent it (ip(7), SO_EE_OFFENDER). */
static int icmp_error(struct open *one) {
  union { u8 bytes[512]; u64 aligned; } control;
  u8 head[16];
  union address was;
  struct { void *base; u64 size; } part = {head, sizeof head};
  struct message message = {&was, sizeof was, (void *)&part, 1, &control, sizeof control, 0};
  if (sys(recvmsg, one->fd, &message, 0x2000 /* MSG_ERRQUEUE */) < 0 || message.control_size < 16 + sizeof(struct sock_extended_err)) return 0;
  struct sock_extended_err *error = (struct sock_extended_err *)(control.bytes + 16); /* behind the only header: size, level, type */
  int by_icmp = error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6;
  end(one, "error", error->ee_errno, by_icmp ? (union address *)(error + 1) : 0, by_icmp ? error : 0, 0, 0);
  return 1;
}
