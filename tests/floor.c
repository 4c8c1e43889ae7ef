/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the machine itself needs for work that `make bench` measures: the floor.
 *
 *   floor nothing                 a program that ends at once
 *   floor look DIRECTORY FILE     read the names in a directory, and look for FILE in each
 *   floor put DIRECTORY N         N files: write, fsync, rename, fsync the directory
 *   floor qemu COMMAND…           start it with a monitor on its standard input and output until it
 *                                 answers the first command, then until it is gone by SIGTERM
 *
 * The last two print microseconds: of one file; of the start and of the end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int look(const char *directory, const char *file)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[600];
	int found = 0;

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", entry->d_name, file);
		found += faccessat(dirfd(dir), path, F_OK, 0) == 0;
	}
	return found > 0 ? 0 : 1;
}

static bool put_file(int dir, int number)
{
	char spare[32], name[32], text[512];
	int fd;
	bool is_done;

	snprintf(spare, sizeof(spare), "%d.new", number);
	snprintf(name, sizeof(name), "%d", number);
	memset(text, 'x', sizeof(text));
	fd = openat(dir, spare, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	is_done = fd >= 0 && write(fd, text, sizeof(text)) == sizeof(text) && fsync(fd) == 0;
	close(fd);
	return is_done && renameat(dir, spare, dir, name) == 0 && fsync(dir) == 0;
}

static int put(const char *directory, int n)
{
	int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long long begin = now_us();

	for (int i = 0; i < n; i++)
		if (!put_file(dir, i))
			return 1;
	printf("%lld\n", (now_us() - begin) / n);
	return 0;
}

/* Until the monitor says `word`. */
static bool hears(FILE *monitor, const char *word)
{
	char line[4096];

	while (fgets(line, sizeof(line), monitor))
		if (strstr(line, word))
			return true;
	return false;
}

static pid_t spawn(char **command, int to[2], int from[2])
{
	pid_t pid = fork();

	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	return pid;
}

static int qemu(char **command)
{
	static const char hello[] = "{\"execute\":\"qmp_capabilities\"}\n";
	long long begin = now_us(), answered;
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		return 1;
	pid = spawn(command, to, from);
	if (pid < 0 || write(to[1], hello, strlen(hello)) < 0)
		return 1;
	close(from[1]);
	if (!hears(fdopen(from[0], "r"), "\"return\""))
		return 1;
	answered = now_us();
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	printf("%lld %lld\n", answered - begin, now_us() - answered);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "nothing") == 0)
		return 0;
	if (strcmp(what, "look") == 0 && argc == 4)
		return look(argv[2], argv[3]);
	if (strcmp(what, "put") == 0 && argc == 4)
		return put(argv[2], atoi(argv[3]));
	if (strcmp(what, "qemu") == 0 && argc > 2)
		return qemu(argv + 2);
	fputs("usage: floor nothing | look DIRECTORY FILE | put DIRECTORY N | qemu COMMAND…\n", stderr);
	return 2;
}
