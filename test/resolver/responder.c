/* A DNS server on port 53 of every address of its network namespace that answers as it was told, and says on its standard output
   what it was asked, in the order of arrival: `q udp|tcp SERVER TYPE NAME`. On its standard input:
   `clear`; `rule NAME TYPE|* SERVER|* LETTER`, the first that fits counts, `x` is meant if none does; `sync TEXT`, said again once
   all that had come in before is told.
   Letters: x NXDOMAIN, n no data, s SERVFAIL, r REFUSED, f FORMERR, c an alias alone, 1 a record, - silence, t truncated on UDP. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define RULES 4096
#define PEERS 64

static struct { char name[1100], type[8], server[48], letter; } rules[RULES];
static int nrules;
static struct { int fd; size_t have; unsigned char data[4096]; } peers[PEERS];

static char letter_for(const char *name, const char *type, const char *server)
{
	for (int i = 0; i < nrules; i++)
		if (!strcasecmp(rules[i].name, name) && (rules[i].type[0] == '*' || !strcmp(rules[i].type, type)) && (rules[i].server[0] == '*' || !strcmp(rules[i].server, server)))
			return rules[i].letter;
	return 'x';
}

/* The name with dots; octets that would not be plain as \DDD. Returns the length on the wire, 0 for what is broken. */
static size_t read_name(const unsigned char *at, size_t left, char *out)
{
	size_t used = 0;
	char *start = out;
	while (used < left && at[used] != 0) {
		size_t length = at[used];
		if (length > 63 || used + 1 + length >= left) return 0;
		if (out != start) *out++ = '.';
		for (size_t i = 1; i <= length; i++) {
			unsigned char c = at[used + i];
			if (c > 32 && c < 127 && c != '.' && c != '\\') *out++ = c;
			else out += sprintf(out, "\\%03u", c);
		}
		used += length + 1;
	}
	*out = 0;
	return used < left ? used + 1 : 0;
}

/* Makes the reply in place; 0: none. */
static size_t answer(unsigned char *m, size_t n, const char *protocol, const char *server)
{
	char name[1100], type[8];
	size_t wire = n > 16 ? read_name(m + 12, n - 12, name) : 0;
	if (wire == 0 || 12 + wire + 4 > n) {
		printf("q %s %s ? malformed\n", protocol, server);
		if (n < 12) return 0;
		m[2] |= 0x80; m[3] = 0x81;
		return 12;
	}
	unsigned number = m[12 + wire] << 8 | m[13 + wire];
	sprintf(type, "%u", number);
	printf("q %s %s %s %s\n", protocol, server, type, name);
	char letter = letter_for(name, type, server);
	if (letter == '-') return 0;
	int truncated = letter == 't' && protocol[0] == 'u';
	unsigned rcode = letter == 'x' ? 3 : letter == 's' ? 2 : letter == 'r' ? 5 : letter == 'f' ? 1 : 0;
	unsigned char *p = m + 12 + wire + 4;
	m[2] = (m[2] & 0x01) | 0x84 | (truncated ? 0x02 : 0);
	m[3] = 0x80 | rcode;
	memset(m + 6, 0, 6);
	if (!truncated && (letter == '1' || letter == 't' || letter == 'c')) {
		unsigned kind = letter == 'c' ? 5 : number;
		static const unsigned char v4[] = {10, 1, 2, 3}, v6[16] = {0xfd, [15] = 1}, alias[] = {7, 'n', 'o', 'w', 'h', 'e', 'r', 'e', 4, 't', 'e', 's', 't', 0}, srv[] = {0, 0, 0, 0, 0, 53, 1, 'a', 0};
		const unsigned char *data = kind == 1 ? v4 : kind == 28 ? v6 : kind == 33 ? srv : alias;
		unsigned length = kind == 1 ? sizeof v4 : kind == 28 ? sizeof v6 : kind == 33 ? sizeof srv : sizeof alias;
		unsigned char head[] = {0xc0, 12, kind >> 8, kind, 0, 1, 0, 0, 0, 5, 0, length};
		memcpy(p, head, sizeof head); p += sizeof head;
		memcpy(p, data, length); p += length;
		m[7] = 1;
	}
	return p - m;
}

static int serve_udp(int fd)
{
	unsigned char m[8192], control[256];
	struct sockaddr_in from;
	struct iovec iov = {m, 4096};
	struct msghdr h = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	ssize_t n = recvmsg(fd, &h, 0);
	if (n < 0) return 0;
	struct in_pktinfo info = {0};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) memcpy(&info, CMSG_DATA(c), sizeof info);
	char server[48];
	inet_ntop(AF_INET, &info.ipi_addr, server, sizeof server);
	size_t length = answer(m, n, "udp", server);
	if (length == 0) return 1;
	iov.iov_len = length;
	h.msg_controllen = CMSG_SPACE(sizeof info);
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	c->cmsg_level = IPPROTO_IP; c->cmsg_type = IP_PKTINFO; c->cmsg_len = CMSG_LEN(sizeof info);
	info.ipi_spec_dst = info.ipi_addr; info.ipi_ifindex = 0;
	memcpy(CMSG_DATA(c), &info, sizeof info);
	sendmsg(fd, &h, 0);
	return 1;
}

static void serve_tcp(int i)
{
	ssize_t n = read(peers[i].fd, peers[i].data + peers[i].have, sizeof peers[i].data - peers[i].have);
	if (n <= 0) { if (n < 0 && errno == EAGAIN) return; close(peers[i].fd); peers[i].fd = -1; return; }
	peers[i].have += n;
	struct sockaddr_in own;
	socklen_t size = sizeof own;
	char server[48];
	getsockname(peers[i].fd, (void *)&own, &size);
	inet_ntop(AF_INET, &own.sin_addr, server, sizeof server);
	int silent = 0;
	while (peers[i].have >= 2) {
		size_t length = peers[i].data[0] << 8 | peers[i].data[1];
		if (peers[i].have < length + 2) break;
		unsigned char m[8192];
		memcpy(m + 2, peers[i].data + 2, length);
		memmove(peers[i].data, peers[i].data + length + 2, peers[i].have -= length + 2);
		size_t reply = answer(m + 2, length, "tcp", server);
		if (reply == 0) { silent = 1; continue; }
		m[0] = reply >> 8; m[1] = reply;
		if (write(peers[i].fd, m, reply + 2) < 0) silent = 1;
	}
	if (silent) { close(peers[i].fd); peers[i].fd = -1; } /* a client waits for TCP without an end */
}

static void command(char *line)
{
	char *word = strtok(line, " ");
	if (word == NULL) return;
	if (!strcmp(word, "clear")) nrules = 0;
	if (!strcmp(word, "sync")) printf("sync %s\n", strtok(NULL, ""));
	if (!strcmp(word, "rule") && nrules < RULES) {
		char *name = strtok(NULL, " "), *type = strtok(NULL, " "), *server = strtok(NULL, " "), *letter = strtok(NULL, " ");
		if (letter == NULL) exit(3);
		snprintf(rules[nrules].name, sizeof rules[0].name, "%s", !strcmp(name, ".") ? "" : name);
		snprintf(rules[nrules].type, sizeof rules[0].type, "%s", type);
		snprintf(rules[nrules].server, sizeof rules[0].server, "%s", server);
		rules[nrules++].letter = *letter;
	}
}

static int bound(int kind)
{
	int fd = socket(AF_INET, kind | SOCK_NONBLOCK, 0), one = 1, room = 1 << 20;
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(53)};
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (kind == SOCK_DGRAM) setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
	if (bind(fd, (void *)&any, sizeof any) < 0 || (kind == SOCK_STREAM && listen(fd, 64) < 0)) { perror("port 53"); exit(1); }
	return fd;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	int udp = bound(SOCK_DGRAM), tcp = bound(SOCK_STREAM);
	for (int i = 0; i < PEERS; i++) peers[i].fd = -1;
	printf("sync ready\n");
	static char input[1 << 20];
	size_t have = 0;
	for (;;) {
		struct pollfd fds[3 + PEERS] = {{0, POLLIN, 0}, {udp, POLLIN, 0}, {tcp, POLLIN, 0}};
		for (int i = 0; i < PEERS; i++) fds[3 + i] = (struct pollfd){peers[i].fd, POLLIN, 0};
		poll(fds, 3 + PEERS, -1);
		while (serve_udp(udp)) ;
		int fd = accept4(tcp, NULL, NULL, SOCK_NONBLOCK);
		if (fd >= 0) {
			int i = 0;
			while (i < PEERS - 1 && peers[i].fd >= 0) i++;
			if (peers[i].fd >= 0) close(peers[i].fd);
			peers[i].fd = fd; peers[i].have = 0;
		}
		for (int i = 0; i < PEERS; i++) if (peers[i].fd >= 0) serve_tcp(i);
		if (!(fds[0].revents & (POLLIN | POLLHUP))) continue;
		ssize_t n = read(0, input + have, sizeof input - have - 1);
		if (n <= 0) return 0;
		have += n;
		while (serve_udp(udp)) ;
		for (char *end; (end = memchr(input, '\n', have)) != NULL; ) {
			*end = 0;
			size_t length = end - input + 1;
			command(input);
			memmove(input, input + length, have -= length);
		}
	}
}
