/*
 * kdiag's probe: what kdiag does at a node, in one small program that needs nothing of the image that it runs in. It runs in kdiag's own
 * privileged debug pod, which shares the node's network and processes. It changes nothing, and ends by itself.
 *   probe ask UID|- ASK...   sends packets, from a pod's network namespace or the node's own (ask.h)
 *   probe pod UID            the process that stands for a pod: `PID NAME`, then its program (place.h)
 *   probe cat UID|PID PATH   a file, with that process's root as `/`
 *   probe libc UID           which C libraries a pod's file system has
 *   probe links UID          the interfaces of a pod's network, a line each (network.h)
 *   probe holders UID        which processes hold the sockets of a pod's network
 *   probe kubelet            the kubelet's process and its flags about DNS
 * UID: a pod's UID as its cgroup and its volumes' paths have it (of a static pod, the hash in annotation kubernetes.io/config.hash).
 * Exit status: 1 a file cannot be read, 2 arguments that it does not understand, 3 no such process, 4 the place cannot be entered.
 */
#include "system.h"
#include "ask.h"
#include "place.h"
#include "network.h"

static int is_number(const char *word) {
  while (*word >= '0' && *word <= '9') word++;
  return !*word;
}

static u64 process(const char *word) {
  if (is_number(word) && *word) return pid_of(word);
  find_pod(word);
  return pod.program;
}

static void ask(int count, char **words) {
  if (count > MAX_ASKS) fail(2, "too many questions", -E2BIG);
  u64 tries = 0;
  for (int i = 0; i < count; i++) {
    if (!read_ask(words[i + 1], &asks[i])) fail(2, words[i + 1], -EINVAL);
    tries += asks[i].tries;
  }
  if (tries > MAX_TRIES) fail(2, "too many tries", -E2BIG);
  if (!same(words[0], "-")) enter_network(words[0]);
  ask_all(count);
  puts_("done\n");
}

__attribute__((used, noreturn)) void begin(long *stack) {
  int count = (int)stack[0] - 2;
  char **words = (char **)(stack + 2);
  const char *mode = count >= 0 ? words[0] : "";
  words++;
  if (same(mode, "ask") && count >= 2) ask(count - 1, words);
  else if (same(mode, "pod") && count == 1) tell_process(process(words[0]));
  else if (same(mode, "cat") && count == 2) enter_root(process(words[0])), cat(words[1]);
  else if (same(mode, "libc") && count == 1) enter_root(process(words[0])), list_libc();
  else if (same(mode, "links") && count == 1) enter_network(words[0]), tell_links();
  else if (same(mode, "holders") && count == 1) tell_holders(words[0]);
  else if (same(mode, "kubelet") && count == 0) tell_kubelet();
  else fail(2, "unknown arguments", -EINVAL);
  finish(0);
}
