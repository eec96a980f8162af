// A program that handles SIGSEGV itself, in every way there is; it prints what it sees.
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t calls = 0;
static volatile const void* seen_address = nullptr;

static volatile sig_atomic_t usr1_is_blocked = -1;

static void plain(int number) {
  sigset_t now;
  sigprocmask(SIG_BLOCK, nullptr, &now);
  usr1_is_blocked = sigismember(&now, SIGUSR1);
  ++calls;
  siglongjmp(back, number);
}

static void other(int) { ++calls; }

static void full(int number, siginfo_t* about, void* context) {
  seen_address = about->si_addr;
  calls = calls + (context != nullptr ? 1 : 100);
  siglongjmp(back, number);
}

static void crash() {
  int* volatile nowhere = reinterpret_cast<int*>(16);
  *nowhere = 1;
}

static void try_crash(const char* what) {
  const int number = sigsetjmp(back, 1);
  if (number == 0) crash();
  struct sigaction now = {};
  sigaction(SIGSEGV, nullptr, &now);
  const char* const who = (now.sa_flags & SA_SIGINFO) != 0 ? "full"
                          : now.sa_handler == plain        ? "plain"
                          : now.sa_handler == other        ? "other"
                          : now.sa_handler == SIG_DFL      ? "default"
                          : now.sa_handler == SIG_IGN      ? "ignored"
                                                           : "foreign";
  printf("%s: signal %d, calls %d, address %p, handler %s, flags %x, masks usr1 %d %d\n", what, number, int{calls},
         const_cast<const void*>(seen_address), who, static_cast<unsigned>(now.sa_flags) & ~0x04000000u,
         sigismember(&now.sa_mask, SIGUSR1), int{usr1_is_blocked});
}

static void install(void (*handler)(int), int flags) {
  struct sigaction wanted = {};
  wanted.sa_handler = handler;
  wanted.sa_flags = flags;
  sigaddset(&wanted.sa_mask, SIGUSR1);
  sigaction(SIGSEGV, &wanted, nullptr);
}

template <class Function>
static void in_child(const char* what, Function function) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    function();
    _exit(7);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("%s: exit %d, signal %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
         WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int main() {
  printf("before: default %d\n", signal(SIGSEGV, plain) == SIG_DFL);
  try_crash("signal");
  printf("old is plain %d\n", signal(SIGSEGV, other) == plain);
  install(plain, SA_NODEFER);
  try_crash("sigaction");
  install(plain, static_cast<int>(SA_RESETHAND));
  try_crash("once");
  in_child("after once", crash);
  struct sigaction wanted = {};
  wanted.sa_sigaction = full;
  wanted.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGSEGV, &wanted, nullptr);
  try_crash("with information");
  static char room[65536];
  stack_t stack = {};
  stack.ss_sp = room;
  stack.ss_size = sizeof room;
  sigaltstack(&stack, nullptr);
  wanted.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &wanted, nullptr);
  try_crash("on its own stack");
  signal(SIGSEGV, SIG_IGN);
  raise(SIGSEGV);
  puts("sent and ignored");
  in_child("fault while ignored", crash);
  signal(SIGSEGV, other);
  kill(getpid(), SIGSEGV);
  printf("sent and handled, calls %d\n", int{calls});
  signal(SIGSEGV, SIG_DFL);
  in_child("default", crash);
  in_child("sent, default", [] { raise(SIGSEGV); });
  in_child("aborts", [] { abort(); });
  fflush(stdout);
  // A vfork shares memory, not handlers: what the child does must not reach the parent.
  install(plain, 0);
  if (vfork() == 0) {
    signal(SIGSEGV, SIG_DFL);
    _exit(0);
  }
  wait(nullptr);
  try_crash("after vfork");
  return 0;
}
