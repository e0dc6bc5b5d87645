// A prober as it is usually written: a socket a probe, epoll wakes it for each answer, and the user's clock takes the time.
//
//   epoll_prober FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND [SECONDS]
//
// With SECONDS it ends after them and prints, a line a probe, the user's time and the kernel's (TCP_INFO) of the same
// handshake, in microseconds.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 65536 };
static int64_t begun[MOST];
static int poller, print;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void start(const struct sockaddr_in *peer) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0 || fd >= MOST) { perror("socket"); exit(1); }
  // Closing resets the connection: no TIME_WAIT.
  struct linger reset = { 1, 0 };
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  begun[fd] = now();
  connect(fd, (const struct sockaddr *)peer, sizeof *peer);
  struct epoll_event event = { .events = EPOLLOUT, .data.fd = fd };
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void finish(int fd) {
  int64_t took = now() - begun[fd];
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (print && error == 0) {
    struct tcp_info info;
    size = sizeof info;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    if (info.tcpi_total_retrans == 0) printf("%.1f %u\n", took / 1000.0, info.tcpi_rtt);
  }
  close(fd);
}

int main(int argc, char **argv) {
  if (argc < 5) { fprintf(stderr, "usage: epoll_prober FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND [SECONDS]\n"); return 2; }
  in_addr_t first = ntohl(inet_addr(argv[1]));
  int peers = atoi(argv[2]), rate = atoi(argv[4]), next = 0;
  struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[3])) };
  print = argc > 5;
  int64_t end = print ? now() + atoi(argv[5]) * 1000000000LL : INT64_MAX;
  poller = epoll_create1(EPOLL_CLOEXEC);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct itimerspec every = { { 0, 1000000000L / rate }, { 0, 1000000000L / rate } };
  timerfd_settime(timer, 0, &every, NULL);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = timer };
  epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
  while (now() < end) {
    struct epoll_event events[64];
    int count = epoll_wait(poller, events, 64, 1000);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd != timer) { finish(events[i].data.fd); continue; }
      uint64_t due = 0;
      if (read(timer, &due, sizeof due) != sizeof due) continue;
      for (; due > 0; due--) peer.sin_addr.s_addr = htonl(first + next++ % peers), start(&peer);
    }
  }
  return 0;
}
