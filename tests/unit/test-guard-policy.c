/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guard does when a guest has ended, for each word that a domain may say. */
#include <glib.h>

#include "guard/policy-words.c" /* the guard is a program: there is no library to take it from */

#define POWEROFF "SHUTDOWN", "{\"reason\":\"guest-shutdown\"}"
#define REBOOT "SHUTDOWN", "{\"reason\":\"guest-reset\"}"
#define HOST_RESET "SHUTDOWN", "{\"reason\":\"host-qmp-system-reset\"}"
#define CRASH "GUEST_PANICKED", "{\"action\":\"pause\"}"
#define CRASH_ENDS "SHUTDOWN", "{\"reason\":\"guest-panic\"}"

static char destroy[] = "destroy", restart[] = "restart", preserve[] = "preserve";
static char dump_destroy[] = "coredump-destroy", dump_restart[] = "coredump-restart";
static char foreign[] = "rename-restart";

static const struct row {
	const char *event, *data;
	char *on_poweroff, *on_reboot, *on_crash;
	enum policy_action want;
} rows[] = {
	{ POWEROFF, NULL, NULL, NULL, POLICY_QUIT },
	{ POWEROFF, destroy, restart, restart, POLICY_QUIT },
	{ POWEROFF, restart, destroy, destroy, POLICY_RESTART },
	{ POWEROFF, preserve, destroy, destroy, POLICY_NONE },
	{ REBOOT, NULL, NULL, NULL, POLICY_RESTART },
	{ REBOOT, restart, destroy, restart, POLICY_QUIT },
	{ REBOOT, destroy, preserve, destroy, POLICY_NONE },
	{ HOST_RESET, restart, destroy, restart, POLICY_QUIT },
	{ CRASH, NULL, NULL, NULL, POLICY_QUIT },
	{ CRASH, destroy, destroy, restart, POLICY_RESTART },
	{ CRASH, destroy, destroy, preserve, POLICY_NONE },
	{ CRASH, destroy, destroy, dump_destroy, POLICY_DUMP_QUIT },
	{ CRASH, destroy, destroy, dump_restart, POLICY_DUMP_RESTART },
	{ POWEROFF, destroy, destroy, dump_restart, POLICY_QUIT },
	{ CRASH, destroy, destroy, foreign, POLICY_NONE },
	{ CRASH_ENDS, restart, restart, destroy, POLICY_QUIT },
	/* Not an end, or not one of the guest's. */
	{ "SHUTDOWN", "{\"reason\":\"host-signal\"}", restart, restart, restart, POLICY_NONE },
	{ "SHUTDOWN", "{\"reason\":\"host-qmp-quit\"}", restart, restart, restart, POLICY_NONE },
	{ "SHUTDOWN", NULL, restart, restart, restart, POLICY_NONE },
	{ "GUEST_PANICKED", "{\"action\":\"run\"}", restart, restart, restart, POLICY_NONE },
	{ "STOP", NULL, restart, restart, restart, POLICY_NONE },
	{ "RESET", "{\"reason\":\"guest-reset\"}", restart, restart, restart, POLICY_NONE },
};

static void test_words(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *r = &rows[i];
		const struct spec spec = { .on_poweroff = r->on_poweroff,
					   .on_reboot = r->on_reboot,
					   .on_crash = r->on_crash };
		g_autoptr(json_object) data = r->data ? json_tokener_parse(r->data) : NULL;

		g_test_message("row %zu", i);
		g_assert_cmpint(policy_for(&spec, r->event, data), ==, r->want);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guard/policy", test_words);
	return g_test_run();
}
