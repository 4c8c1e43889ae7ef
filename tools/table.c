/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <string.h>

static const struct command *const domain_commands[] = {
	&command_autostart, &command_create, &command_define, &command_destroy,
	&command_domid, &command_domname, &command_domrename, &command_domuuid,
	&command_dumpxml, &command_managedsave, &command_managedsave_remove,
	&command_resume, &command_shutdown, &command_start, &command_suspend,
	&command_undefine, NULL,
};

static const struct command *const monitor_commands[] = {
	&command_dominfo, &command_domstate, &command_list, NULL,
};

static const struct command *const host_commands[] = {
	&command_uri, NULL,
};

static const struct command *const snapshot_commands[] = {
	&command_snapshot_create, &command_snapshot_create_as, &command_snapshot_current,
	&command_snapshot_delete, &command_snapshot_dumpxml, &command_snapshot_info,
	&command_snapshot_list, &command_snapshot_parent, &command_snapshot_revert, NULL,
};

static const struct command *const trash_commands[] = {
	&command_trash_empty, &command_trash_list, &command_trash_restore, NULL,
};

static const struct command *const shell_commands[] = {
	&command_cd, &command_echo, &command_exit, &command_help, &command_pwd, &command_quit,
	NULL,
};

const struct group groups[] = {
	{ "Domain Management", "domain", domain_commands },
	{ "Domain Monitoring", "monitor", monitor_commands },
	{ "Host and Hypervisor", "host", host_commands },
	{ "Snapshot", "snapshot", snapshot_commands },
	{ "Trash and undo", "trash", trash_commands },
	{ "The shell itself", "virsh", shell_commands },
	{ NULL, NULL, NULL },
};

const struct command *table_find(const char *name)
{
	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			if (strcmp(g->commands[i]->name, name) == 0)
				return g->commands[i];
	return NULL;
}

const struct group *table_find_group(const char *keyword)
{
	for (const struct group *g = groups; g->title; g++)
		if (strcmp(g->keyword, keyword) == 0)
			return g;
	return NULL;
}
