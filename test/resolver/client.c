/* One lookup with the libc that this is linked with: client u|4|6 NAME (getaddrinfo), client TYPE NAME (res_search, TYPE a number).
   Prints `ok`, or the code of the failure. */
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	if (argc != 3) return 2;
	if (strchr("u46", argv[1][0]) != NULL && argv[1][1] == 0) {
		struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
		hints.ai_family = argv[1][0] == 'u' ? AF_UNSPEC : argv[1][0] == '4' ? AF_INET : AF_INET6;
		int rc = getaddrinfo(argv[2], NULL, &hints, &found);
		if (rc == 0) printf("ok\n");
		else printf("gai %d\n", rc);
	} else {
		unsigned char answer[65536];
		int length = res_search(argv[2], 1, atoi(argv[1] + 1), answer, sizeof answer);
		if (length >= 0) printf("ok\n");
		else printf("herr %d\n", h_errno);
	}
	return 0;
}
