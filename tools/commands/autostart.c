/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests that start with the host: the mark, and what the unit domsh-autostart.service runs. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "mem.h"
#include "output/errors.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

#define UNIT "domsh-autostart.service"

/* ---- autostart ---------------------------------------------------------------------------- */

struct autostart_args {
	struct domain_target domain;
	unsigned disable;
};

static const struct option autostart_options[] = {
	DOMAINS_THAT(autostart_args, VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
	{ .name = "disable", BIT_AT(autostart_args, disable, 1), .summary = "no longer" },
	{ .name = NULL },
};

/* The roots that a unit of ours looks after; what is_user says is whose systemd runs it. */
static const struct {
	const char *uri;
	bool is_user;
} roots[] = {
	{ "qemu:///system", false },
	{ "qemu:///session", true },
};

/* Does systemctl say that nobody enabled the unit? Where there is no systemctl nothing is known. */
static bool is_not_enabled(bool is_user)
{
	char *argv[] = { (char *)"systemctl", (char *)(is_user ? "--user" : "--system"),
			 (char *)"is-enabled", (char *)"--quiet", (char *)UNIT, NULL };
	posix_spawn_file_actions_t files;
	int status = 0, reason;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
	reason = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (reason)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 127;
}

/* A mark that nobody acts on is worth a word. */
static void hint(struct shell *sh)
{
	auto_free char *uri = virConnectGetURI(sh->conn);

	for (size_t i = 0; uri && i < sizeof(roots) / sizeof(roots[0]); i++) {
		const char *user = roots[i].is_user ? "--user " : "";

		if (strcmp(uri, roots[i].uri) != 0 || !is_not_enabled(roots[i].is_user))
			continue;
		warn(sh, "nothing starts it at boot yet: 'systemctl %senable " UNIT "' does", user);
		if (roots[i].is_user)
			warn(sh, "and 'loginctl enable-linger' lets it do so before you log in");
	}
}

static bool run_autostart(struct shell *sh, const void *args)
{
	const struct autostart_args *a = args;
	const char *un = a->disable ? "un" : "", *name = virDomainGetName(a->domain.domain);

	if (virDomainSetAutostart(a->domain.domain, !a->disable) < 0)
		return fail_call(sh, "Failed to %smark domain '%s' as autostarted", un,
				 a->domain.word);
	outcome(sh, name, NULL, "Domain '%s' %smarked as autostarted", name, un);
	if (!a->disable && !sh->settings.quiet && !sh->settings.json)
		hint(sh);
	return true;
}

const struct command command_autostart = {
	.name = "autostart",
	.summary = "start a domain at boot, or no longer",
	.about = "Marks a persistent domain to be started when the host boots. A unit of systemd "
		 "does that, which has to be enabled once; the command says how.",
	.options = autostart_options,
	.args_size = sizeof(struct autostart_args),
	.run = run_autostart,
};

/* ---- start-autostart ---------------------------------------------------------------------- */

static const struct column started_columns[] = {
	{ "domain", "Name" }, { "state", "State" }, { "message", "Message" }, { NULL, NULL },
};

/* Start one; false when it is off afterwards. */
static bool start_marked(struct sheet *s, virDomainPtr domain)
{
	const char *name = virDomainGetName(domain), *state = "running";
	auto_free char *why = NULL;

	if (virDomainIsActive(domain) != 1)
		state = "started";
	if (strcmp(state, "started") == 0 && virDomainCreate(domain) < 0) {
		why = strdup(virGetLastErrorMessage());
		/* Somebody may have been quicker. */
		state = virDomainIsActive(domain) == 1 ? "running" : "failed";
	}
	sheet_add(s, (struct value[]){ value_text(name), value_text(state),
				       strcmp(state, "failed") == 0 ? value_text(why)
								    : value_none("") });
	return strcmp(state, "failed") != 0;
}

/* A host that lost its power left guests whose end nobody saw, on names that nobody may use soon.
 * What cannot be settled keeps no other guest from starting. */
static void settle(struct shell *sh)
{
	struct domshFinding *findings = NULL;
	int n = domshDoctor(sh->conn, NULL, DOMSH_DOCTOR_SETTLE, &findings);

	for (int i = 0; i < n; i++)
		if (!findings[i].done)
			warn(sh, "%s%s%s; 'domsh doctor' tells more",
			     findings[i].domain ? findings[i].domain : "",
			     findings[i].domain ? ": " : "", findings[i].what);
	domshFindingsFree(findings, n);
}

static bool run_start_autostart(struct shell *sh, const void *args)
{
	virDomainPtr *domains = NULL;
	struct sheet s;
	int n, n_failed = 0;

	(void)args;
	settle(sh);
	n = virConnectListAllDomains(sh->conn, &domains, VIR_CONNECT_LIST_DOMAINS_AUTOSTART);
	if (n < 0)
		return fail_call(sh, "Failed to list domains");
	sheet_init(&s, started_columns);
	for (int i = 0; i < n; i++) {
		n_failed += !start_marked(&s, domains[i]);
		virDomainFree(domains[i]);
	}
	free(domains);
	render_table(sh, &s);
	return n_failed == 0 || fail_own(sh, VIR_ERR_OPERATION_FAILED,
					 "%d of %d domains marked with 'autostart' did not start",
					 n_failed, n);
}

const struct command command_start_autostart = {
	.name = "start-autostart",
	.summary = "start all domains that are marked with autostart",
	.about = "Starts them in the order of their names, and says of each what became of it. One "
		 "that runs already is fine; one that does not start does not keep the others from "
		 "it, and makes the command fail.",
	.run = run_start_autostart,
};
