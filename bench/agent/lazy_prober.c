// The engine of the agent, by hand in C: in ticks of 100 ms it reads TCP_INFO of the sockets of the last tick, resets them
// by connect(AF_UNSPEC), and connects the next. No aggregation, no upload: what the probes themselves cost.
//
//   lazy_prober FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND    (0 a second: as fast as it can for 5 s, then says how fast)
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, BATCH = 256, TICKS = 10 };
static int idle[MOST], idles, busy[MOST], busies;
static unsigned long done, failed, drops, rtts;

static int open_socket(void) {
  if (idles > 0) return idle[--idles];
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) { perror("socket"); exit(1); }
  return fd;
}

static void poll_all(void) {
  static const struct sockaddr none = { .sa_family = AF_UNSPEC };
  int kept = 0;
  for (int i = 0; i < busies; i++) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    getsockopt(busy[i], IPPROTO_TCP, TCP_INFO, &info, &size);
    if (info.tcpi_state == TCP_SYN_SENT) { busy[kept++] = busy[i]; continue; }
    if (info.tcpi_state == TCP_ESTABLISHED) done++, rtts += info.tcpi_rtt, drops += info.tcpi_total_retrans;
    else failed++;
    connect(busy[i], &none, sizeof none);
    idle[idles++] = busy[i];
  }
  busies = kept;
}

static void start(const struct sockaddr_in *peer) {
  if (busies == MOST) return;
  int fd = open_socket();
  connect(fd, (const struct sockaddr *)peer, sizeof *peer);
  struct sockaddr_in own;
  socklen_t size = sizeof own;
  getsockname(fd, (struct sockaddr *)&own, &size);   // the source port is part of the result
  busy[busies++] = fd;
}

static double seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 5) { fprintf(stderr, "usage: lazy_prober FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND\n"); return 2; }
  in_addr_t first = ntohl(inet_addr(argv[1]));
  int peers = atoi(argv[2]), rate = atoi(argv[4]), next = 0;
  struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[3])) };
  if (rate == 0) {
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    while (seconds(CLOCK_MONOTONIC) < wall + 5) {
      while (busies < BATCH) peer.sin_addr.s_addr = htonl(first + next++ % peers), start(&peer);
      poll_all();
    }
    wall = seconds(CLOCK_MONOTONIC) - wall, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%.0f %.0f %lu\n", done / wall, done / cpu, failed);
    return 0;
  }
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (unsigned long tick = 0;; tick++) {
    due.tv_nsec += 1000000000 / TICKS;
    if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {}
    poll_all();
    for (int i = 0; i < rate / TICKS; i++) peer.sin_addr.s_addr = htonl(first + next++ % peers), start(&peer);
  }
}
