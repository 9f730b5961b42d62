/*
 * `ask UID|- ASK...`: sends each ask's payload and prints what comes of each try, one line:
 *   ASK TRY WHAT ERRNO MICROS FROM.PORT|- ICMPTYPE.CODE|- HEX|-
 * ASK is the number of the argument, from 0; WHAT is answer, closed (EOF before the message was whole), timeout, error (ERRNO says which)
 * or unsent. An ask is `u|t.ADDRESS.PORT.MILLISECONDS.TRIES.PAYLOAD`, address and payload hexadecimal (4 or 16 bytes; no more than 512),
 * or `s.ADDRESS.PORT.MILLISECONDS.TRIES.MOST.TLS.PADDING.PAYLOAD`: a stream, whose lines end in ` CONNECTED|-`, the microseconds until the
 * connection stood. It sends the payload (which may be empty), as many zeros as PADDING says, and gives what comes, up to MOST bytes: until
 * EOF (then WHAT is closed), or with TLS 1 until a server's first flight of handshake messages ends. MOST 0: it waits for nothing but that
 * the peer's TCP has acknowledged what was sent.
 * Every try has a socket of its own; the tries of an ask begin 10 ms apart, and no more than 16 begin in a millisecond, so that it is
 * not the asking that fills a server's receive buffer. UDP sockets are not connected: so an answer from another address is seen, and
 * with IP_RECVERR (ip(7)) the ICMP errors are, too. TCP: RFC 1035 4.2.2, two bytes of length before the message; they are not printed.
 */
#include "try.h"
#include "tcp.h"

/* Sends or connects; what fails at once is told at once. */
static void begin_try(struct open *one, u32 index, u32 number) {
  struct ask *ask = &asks[index];
  one->ask = index, one->number = number, one->got = 0, one->sent = 0, one->answer = 0, one->connected = -1, one->began = micros();
  one->fd = sys(socket, ask->to.family, (ask->tcp ? 1 : 2) | O_NONBLOCK | O_CLOEXEC, 0);
  if (one->fd < 0) {
    told(index, number, "unsent", -one->fd, 0, 0, 0, 0, 0, -1);
    one->fd = -1;
    return;
  }
  long result = 0;
  if (!ask->tcp || ask->stream) tell_icmp(one, 1);
  if (ask->tcp) {
    if (ask->room) result = sys6(mmap, 0, ask->room, 3 /* PROT_READ | PROT_WRITE */, 0x22 /* MAP_PRIVATE | MAP_ANONYMOUS */, -1, 0);
    if (result < 0 && result > -4096) {
      end(one, "unsent", -result, 0, 0, 0, 0);
      return;
    }
    one->answer = (u8 *)result;
    result = sys(connect, one->fd, &ask->to, size_of(&ask->to));
    if (result == -EINPROGRESS) result = 0;
  } else {
    result = sys6(sendto, one->fd, ask->payload + 2, ask->size, 0, &ask->to, size_of(&ask->to));
  }
  if (result < 0) end(one, "unsent", -result, 0, 0, 0, 0);
}

static void udp_ready(struct open *one) {
  union address from = {0};
  u32 from_size = sizeof from;
  if (icmp_error(one)) return;
  long size = sys6(recvfrom, one->fd, datagram, sizeof datagram, 0, &from, &from_size);
  if (size == -EAGAIN || size == -EINTR) return;
  if (size < 0) end(one, "error", -size, 0, 0, 0, 0);
  else end(one, "answer", 0, &from, 0, datagram, size);
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
      const struct ask *ask = &asks[opened[i].ask];
      polled[i].events = ask->tcp && (opened[i].connected < 0 || opened[i].sent < ask->total) ? POLLOUT : ask->room ? POLLIN : 0;
      if (waits_for_ack(&opened[i]) && now + 2000 < wake) wake = now + 2000;
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
      else if (waits_for_ack(one)) acknowledged(one);
      if (one->fd >= 0 && (now >= one->began + asks[one->ask].timeout || now >= over)) end_tcp(one, "timeout", 0);
    }
    for (u32 i = 0; i < active;) { /* the holes are filled with the last ones */
      if (opened[i].fd >= 0) i++;
      else opened[i] = opened[--active];
    }
    if (now >= over) { /* what waits in line finds no time any more */
      for (; number < most; number++, next = 0)
        for (; next < count; next++) if (number < asks[next].tries) told(next, number, "unsent", ETIME, 0, 0, 0, 0, 0, -1);
      return;
    }
  }
}
