/*
 * `ask UID|- ASK...`: sends each ask's payload and prints what comes of each try, one line:
 *   ASK TRY WHAT ERRNO MICROS FROM.PORT|- ICMPTYPE.CODE|- HEX|-
 * ASK is the number of the argument, from 0; WHAT is answer, closed (EOF before the message was whole), timeout, error (ERRNO says which)
 * or unsent. An ask is `u|t.ADDRESS.PORT.MILLISECONDS.TRIES.PAYLOAD`, address and payload hexadecimal (4 or 16 bytes; no more than 512).
 * Every try has a socket of its own; the tries of an ask begin 10 ms apart, and no more than 16 begin in a millisecond, so that it is
 * not the asking that fills a server's receive buffer. UDP sockets are not connected: so an answer from another address is seen, and
 * with IP_RECVERR (ip(7)) the ICMP errors are, too. TCP: RFC 1035 4.2.2, two bytes of length before the message; they are not printed.
 */
#include <linux/errqueue.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/resource.h>

#define MAX_ASKS 2048
#define MAX_TRIES 8192
#define MAX_OPEN 1000
#define STAGGER 10000
#define BURST 16

union address { u16 family; struct sockaddr_in v4; struct sockaddr_in6 v6; };
struct ask { union address to; u8 tcp; u16 tries; long timeout; u16 size; u8 payload[514]; };
struct open { u32 ask; u32 number; long fd, began; u32 got; u8 sent; u8 answer[65537]; };
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
  ask->tcp = *text == 't';
  if ((*text != 't' && *text != 'u') || text[1] != '.') return 0;
  text += 2;
  int size = bytes_of(&text, address, 16);
  u16 port = net16(number_of(&text));
  if (size == 4) ask->to.v4.sin_family = 2, ask->to.v4.sin_port = port, memcpy(&ask->to.v4.sin_addr, address, 4);
  else if (size == 16) ask->to.v6.sin6_family = 10, ask->to.v6.sin6_port = port, memcpy(&ask->to.v6.sin6_addr, address, 16);
  else return 0;
  ask->timeout = number_of(&text) * 1000;
  ask->tries = number_of(&text);
  if (*text++ != '.') return 0;
  int payload = bytes_of(&text, ask->payload + 2, 512);
  ask->payload[0] = payload >> 8, ask->payload[1] = payload & 255;
  ask->size = payload;
  return payload > 0 && *text == 0;
}

static u32 size_of(const union address *address) { return address->family == 2 ? sizeof address->v4 : sizeof address->v6; }

static void put_address(const union address *address) {
  if (address == 0 || (address->family != 2 && address->family != 10)) { put('-'); return; }
  if (address->family == 2) put_hex((const u8 *)&address->v4.sin_addr, 4);
  else put_hex((const u8 *)&address->v6.sin6_addr, 16);
  put('.');
  put_number(net16(address->v4.sin_port)); /* at the same place in both */
}

static void told(u32 ask, u32 number, const char *what, long error, long took, const union address *from, const struct sock_extended_err *icmp, const u8 *bytes, u64 size) {
  put_number(ask), put(' '), put_number(number), put(' '), puts_(what), put(' '), put_number(error), put(' '), put_number(took), put(' ');
  put_address(from);
  put(' ');
  if (icmp) put_number(icmp->ee_type), put('.'), put_number(icmp->ee_code); else put('-');
  put(' ');
  if (size) put_hex(bytes, size); else put('-');
  put('\n');
}

/* One that has ended is told, and its socket closed: fd becomes -1. */
static void end(struct open *one, const char *what, long error, const union address *from, const struct sock_extended_err *icmp, const u8 *bytes, u64 size) {
  told(one->ask, one->number, what, error, micros() - one->began, from, icmp, bytes, size);
  sys(close, one->fd, 0, 0);
  one->fd = -1;
}

/* Sends or connects; what fails at once is told at once. */
static void begin_try(struct open *one, u32 index, u32 number) {
  struct ask *ask = &asks[index];
  int on = 1;
  one->ask = index, one->number = number, one->got = 0, one->sent = 0, one->began = micros();
  one->fd = sys(socket, ask->to.family, (ask->tcp ? 1 : 2) | O_NONBLOCK | O_CLOEXEC, 0);
  if (one->fd < 0) {
    told(index, number, "unsent", -one->fd, 0, 0, 0, 0, 0);
    one->fd = -1;
    return;
  }
  long result;
  if (ask->tcp) {
    result = sys(connect, one->fd, &ask->to, size_of(&ask->to));
    if (result == -EINPROGRESS) result = 0;
  } else {
    if (ask->to.family == 2) sys6(setsockopt, one->fd, 0 /* IPPROTO_IP */, 11 /* IP_RECVERR */, &on, sizeof on, 0);
    else sys6(setsockopt, one->fd, 41 /* IPPROTO_IPV6 */, 25 /* IPV6_RECVERR */, &on, sizeof on, 0);
    result = sys6(sendto, one->fd, ask->payload + 2, ask->size, 0, &ask->to, size_of(&ask->to));
  }
  if (result < 0) end(one, "unsent", -result, 0, 0, 0, 0);
}

/* An ICMP error about what was sent, and who sent it (ip(7), SO_EE_OFFENDER). */
static int udp_error(struct open *one) {
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

static void udp_ready(struct open *one) {
  union address from = {0};
  u32 from_size = sizeof from;
  if (udp_error(one)) return;
  long size = sys6(recvfrom, one->fd, datagram, sizeof datagram, 0, &from, &from_size);
  if (size == -EAGAIN || size == -EINTR) return;
  if (size < 0) end(one, "error", -size, 0, 0, 0, 0);
  else end(one, "answer", 0, &from, 0, datagram, size);
}

static void tcp_ready(struct open *one) {
  struct ask *ask = &asks[one->ask];
  if (!one->sent) {
    int error = 0;
    u32 size = sizeof error;
    sys6(getsockopt, one->fd, SOL_SOCKET, SO_ERROR, &error, &size, 0);
    long result = error ? -error : sys6(sendto, one->fd, ask->payload, ask->size + 2, 0x4000 /* MSG_NOSIGNAL */, 0, 0);
    if (result < 0 && result != -EAGAIN) end(one, "error", -result, 0, 0, 0, 0);
    else if (result > 0) one->sent = 1; /* a new connection takes these few bytes whole */
    return;
  }
  for (;;) {
    u32 need = one->got < 2 ? 2 : 2 + (one->answer[0] << 8 | one->answer[1]);
    if (one->got >= 2 && one->got >= need) { end(one, "answer", 0, &ask->to, 0, one->answer + 2, need - 2); return; }
    long size = sys6(recvfrom, one->fd, one->answer + one->got, need - one->got, 0, 0, 0);
    if (size == -EAGAIN || size == -EINTR) return;
    u32 had = one->got > 2 ? one->got - 2 : 0;
    if (size < 0) { end(one, "error", -size, 0, 0, one->answer + 2, had); return; }
    if (size == 0) { end(one, "closed", 0, 0, 0, one->answer + 2, had); return; }
    one->got += size;
  }
}

static void ask_all(u32 count) {
  u32 most = 0, next = 0, number = 0, active = 0;
  long longest = 0, start = micros(), hold = start;
  struct rlimit limit = {MAX_OPEN + 64, MAX_OPEN + 64};
  struct rlimit was;
  if (sys6(prlimit64, 0, RLIMIT_NOFILE, 0, &was, 0, 0) == 0 && was.rlim_cur < limit.rlim_cur) {
    if (was.rlim_max < limit.rlim_cur) limit.rlim_cur = was.rlim_max;
    limit.rlim_max = was.rlim_max;
    sys6(prlimit64, 0, RLIMIT_NOFILE, &limit, 0, 0, 0);
  }
  for (u32 i = 0; i < count; i++) {
    if (asks[i].tries > most) most = asks[i].tries;
    if (asks[i].timeout > longest) longest = asks[i].timeout;
  }
  for (;;) {
    long now = micros(), over = start + longest + 1000000;
    for (u32 burst = 0; number < most && active < MAX_OPEN && burst < BURST && now >= hold && now >= start + (long)number * STAGGER;) {
      if (number < asks[next].tries) {
        begin_try(&opened[active], next, number);
        if (opened[active].fd >= 0) active++;
        if (++burst == BURST) hold = now + 1000;
      }
      if (++next == count) next = 0, number++;
    }
    if (!active && number >= most) return;
    long wake = over;
    for (u32 i = 0; i < active; i++) {
      long until = opened[i].began + asks[opened[i].ask].timeout;
      if (until < wake) wake = until;
      polled[i].fd = opened[i].fd;
      polled[i].events = asks[opened[i].ask].tcp && !opened[i].sent ? POLLOUT : POLLIN;
      polled[i].revents = 0;
    }
    if (number < most && active < MAX_OPEN) {
      long begins = start + (long)number * STAGGER;
      if (begins < hold) begins = hold;
      if (begins < wake) wake = begins;
    }
    now = micros();
    long left = wake > now ? wake - now : 0;
    struct timespec time = {left / 1000000, left % 1000000 * 1000};
    sys6(ppoll, polled, active, &time, 0, 8, 0);
    now = micros();
    for (u32 i = 0; i < active; i++) {
      struct open *one = &opened[i];
      if (polled[i].revents) { if (asks[one->ask].tcp) tcp_ready(one); else udp_ready(one); }
      if (one->fd >= 0 && (now >= one->began + asks[one->ask].timeout || now >= over)) {
        u32 had = one->got > 2 ? one->got - 2 : 0;
        end(one, "timeout", 0, 0, 0, one->answer + 2, had);
      }
    }
    /* The holes are filled with the last ones; an answer is copied only as far as it came. */
    for (u32 i = 0; i < active;) {
      if (opened[i].fd >= 0) { i++; continue; }
      struct open *last = &opened[--active];
      if (last == &opened[i]) continue;
      opened[i].ask = last->ask, opened[i].number = last->number, opened[i].fd = last->fd, opened[i].began = last->began, opened[i].got = last->got, opened[i].sent = last->sent;
      memcpy(opened[i].answer, last->answer, last->got);
    }
    if (now >= over) { /* what waits in line finds no time any more */
      for (; number < most; number++, next = 0)
        for (; next < count; next++) if (number < asks[next].tries) told(next, number, "unsent", ETIME, 0, 0, 0, 0, 0);
      return;
    }
  }
}
