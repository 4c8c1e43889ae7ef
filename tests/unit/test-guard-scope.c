/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a process has to be for a scope of its own to be worth less than what it has. */
#include <glib.h>

#include "guard/scope-place.c" /* the guard is a program: there is no library to take it from */

static const struct {
	const char *cgroups;
	bool is_of_login;
} places[] = {
	{ "0::/user.slice/user-1000.slice/session-1.scope\n", true },
	{ "12:pids:/user.slice/user-1000.slice/session-c2.scope\n1:name=systemd:/user.slice/user-1000.slice/session-c2.scope\n0::/\n", true },
	{ "0::/user.slice/user-1000.slice/user@1000.service/app.slice/domsh-autostart.service\n", false },
	{ "0::/user.slice/user-1000.slice/user@1000.service/tmux-session-1.scope\n", false },
	{ "0::/system.slice/cron.service\n", false },
	{ "0::/\n", false },
	{ "", false },
};

static void test_places(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		g_assert_true(scope_is_of_login(places[i].cgroups) == places[i].is_of_login);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guard/scope/places", test_places);
	return g_test_run();
}
