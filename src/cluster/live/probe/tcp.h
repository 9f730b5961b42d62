/* Tries over TCP, from the connection on: DNS messages (RFC 1035 4.2.2) and streams, as ask.h says. */
/* One over TCP that has ended, with what came. */
static void end_tcp(struct open *one, const char *what, long error) {
  u32 head = asks[one->ask].stream ? 0 : 2;
  end(one, what, error, 0, 0, one->answer + head, one->got > head ? one->got - head : 0);
}

/* Its error, taken from it, or 0. */
static int error_of(struct open *one) {
  int error = 0;
  u32 size = sizeof error;
  sys6(getsockopt, one->fd, SOL_SOCKET, SO_ERROR, &error, &size, 0);
  return error;
}

/* Everything is sent, and no answer is wanted: only that it has arrived. */
static int waits_for_ack(const struct open *one) {
  const struct ask *ask = &asks[one->ask];
  return ask->tcp && !ask->room && one->connected >= 0 && one->sent == ask->total;
}
static void acknowledged(struct open *one) {
  int error = error_of(one), queued = 0;
  if (error) { end_tcp(one, "error", error); return; }
  sys(ioctl, one->fd, 0x5411 /* SIOCOUTQ */, &queued);
  if (!queued) end_tcp(one, "answer", 0);
}

/*
 * Whether a TLS server has said what it says first: a ServerHelloDone at the end of a record (RFC 5246 7.4.5: 0e 000000), a fatal alert, or
 * something that is no TLS. An alert that only warns (7.2: level 1) goes before other messages.
 */
static int flight_ends(const u8 *bytes, u32 size) {
  for (u32 at = 0, end; at < size; at = end) {
    if (bytes[at] != 22 && bytes[at] != 21) return 1;
    if (at + 5 > size) return 0;
    end = at + 5 + (bytes[at + 3] << 8 | bytes[at + 4]);
    if (end > size) return 0;
    if (bytes[at] == 21 && (end < at + 7 || bytes[at + 5] != 1)) return 1;
    if (bytes[at] == 22 && end >= at + 9 && bytes[end - 4] == 14 && !bytes[end - 3] && !bytes[end - 2] && !bytes[end - 1]) return 1;
  }
  return 0;
}

static void tcp_ready(struct open *one) {
  struct ask *ask = &asks[one->ask];
  if (one->connected < 0) {
    if (ask->stream && icmp_error(one)) return;
    int error = error_of(one);
    if (error) { end_tcp(one, "error", error); return; }
    one->connected = micros() - one->began;
    if (ask->stream) tell_icmp(one, 0); /* from here on they would end what they must not end */
  }
  if (one->sent < ask->total) {
    u32 payload = ask->size + 2 - ask->first;
    memset(datagram, 0, ask->total);
    memcpy(datagram, ask->payload + ask->first, payload);
    long result = sys6(sendto, one->fd, datagram + one->sent, ask->total - one->sent, 0x4000 /* MSG_NOSIGNAL */, 0, 0);
    if (result < 0 && result != -EAGAIN && result != -EINTR) { end_tcp(one, "error", -result); return; }
    if (result > 0) one->sent += result;
    if (one->sent < ask->total) return;
  }
  if (!ask->room) { acknowledged(one); return; }
  for (;;) {
    u32 need = ask->stream ? ask->room : one->got < 2 ? 2U : 2U + (one->answer[0] << 8 | one->answer[1]);
    int whole = ask->stream ? one->got == need || (ask->tls && flight_ends(one->answer, one->got)) : one->got >= 2 && one->got >= need;
    if (whole && ask->stream) { end_tcp(one, "answer", 0); return; }
    if (whole) { end(one, "answer", 0, &ask->to, 0, one->answer + 2, need - 2); return; }
    long size = sys6(recvfrom, one->fd, one->answer + one->got, need - one->got, 0, 0, 0);
    if (size == -EAGAIN || size == -EINTR) return;
    if (size < 0) { end_tcp(one, "error", -size); return; }
    if (size == 0) { end_tcp(one, "closed", 0); return; }
    one->got += size;
  }
}
