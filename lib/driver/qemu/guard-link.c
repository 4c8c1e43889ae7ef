/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/guard-link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/child.h"
#include "driver/qemu/qmp.h"
#include "driver/qemu/spec.h"

#define READY_MS 40000 /* more than the guard itself gives QEMU */

/* Nothing else of the caller's environment reaches the guard. */
static char **guard_environment(void)
{
	static const char *const passed[] = {"DOMSH_FAULT", "DOMSH_DEBUG", "DOMSH_BUSCTL"};
	g_autoptr(GPtrArray) env = g_ptr_array_new();

	g_ptr_array_add(env, g_strdup("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
				      "/sbin:/bin"));
	for (size_t i = 0; i < G_N_ELEMENTS(passed); i++) {
		const char *value = secure_getenv(passed[i]);

		if (value)
			g_ptr_array_add(env, g_strconcat(passed[i], "=", value, NULL));
	}
	g_ptr_array_add(env, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&env), FALSE);
}

int guard_link_start(const struct guest *g, const char *guard_path, const char *verb,
		     GError **err)
{
	const char *const argv[] = {"domsh-guard", verb, g->dir, g->name, NULL};
	g_auto(GStrv) env = guard_environment();
	auto_close int log = sys_open_append(g->run_fd, "guard.log");
	auto_close int ours = -1;
	auto_close int theirs = -1;
	int pair[2];
	struct child c = {
		.path = guard_path,
		.argv = argv,
		.env = (const char *const *)env,
		.is_detached = true,
	};

	if (log < 0) {
		fail_os(err, errno, "open the guard's log");
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		fail_os(err, errno, "make a socket");
		return -1;
	}
	ours = pair[0];
	theirs = pair[1];
	c.fds = (const int[]){-1, log, log, theirs, g->dir_fd, g->run_fd};
	c.n_fds = 6;
	if (child_start(&c, err) < 0)
		return -1;
	return take_fd(&ours);
}

/* One packet as text. False: EOF, or nothing until the deadline. */
static bool receive(int control, char *text, gint64 deadline, GError **err)
{
	struct pollfd poll_fd = {.fd = control, .events = POLLIN};
	ssize_t n;

	do {
		int ready = poll(&poll_fd, 1, (int)MAX(deadline - mono_ms(), 0));

		if (ready == 0)
			return fail(err, VIR_ERR_OPERATION_TIMEOUT,
				    "the guard did not answer in time");
		n = ready < 0 ? -1 : recv(control, text, GUARD_PACKET_MAX, MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n <= 0)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "the guard ended before the guest was there");
	text[n] = '\0';
	return true;
}

bool guard_link_wait_ready(int control, GError **err)
{
	char text[GUARD_PACKET_MAX + 1];
	g_autofree char *clean = NULL;
	char *end;
	long code;

	if (!receive(control, text, mono_ms() + READY_MS, err))
		return false;
	if (strcmp(text, "ready") == 0)
		return true;
	if (!g_str_has_prefix(text, "error "))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "the guard's answer is not understood");
	code = strtol(text + strlen("error "), &end, 10);
	if (code <= VIR_ERR_OK || code > VIR_ERR_MULTIPLE_DOMAINS)
		code = VIR_ERR_INTERNAL_ERROR;
	clean = qmp_clean(end);
	return fail(err, (virErrorNumber)code, "%s", g_strstrip(clean));
}

bool guard_link_go(int control, GError **err)
{
	if (sys_point("go") < 0)
		return fail_os(err, errno, "tell the guard to go on");
	if (send(control, "go", 2, MSG_NOSIGNAL) != 2)
		return fail_os(err, errno, "tell the guard to go on");
	return true;
}

void guard_link_leave(int control, gint64 timeout_ms)
{
	char text[GUARD_PACKET_MAX + 1];
	gint64 deadline = mono_ms() + timeout_ms;

	shutdown(control, SHUT_WR);
	while (receive(control, text, deadline, NULL))
		;
}
