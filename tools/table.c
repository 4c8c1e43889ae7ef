/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <string.h>

static const struct command *const domain_commands[] = {
	&command_autostart, &command_await, &command_console, &command_create, &command_define,
	&command_desc, &command_destroy, &command_domdisplay, &command_domfsfreeze,
	&command_domfsthaw, &command_domfstrim, &command_domhostname, &command_domid,
	&command_domif_setlink, &command_domjobabort, &command_domjobinfo, &command_domname, &command_domrename,
	&command_domuuid, &command_domxml_to_native,
	&command_dumpxml, &command_edit, &command_inject_nmi,
	&command_managedsave, &command_managedsave_define, &command_managedsave_dumpxml,
	&command_managedsave_edit, &command_managedsave_remove,
	&command_metadata, &command_protect, &command_qemu_agent_command,
	&command_qemu_monitor_command, &command_qemu_monitor_event,
	&command_reboot, &command_reset, &command_restore, &command_resume, &command_save,
	&command_save_image_define, &command_save_image_dumpxml, &command_save_image_edit,
	&command_screenshot, &command_send_key, &command_set_lifecycle_action,
	&command_setmaxmem, &command_setmem, &command_setvcpus,
	&command_shutdown, &command_start, &command_start_autostart,
	&command_suspend, &command_ttyconsole, &command_undefine, &command_vcpucount,
	&command_vcpuinfo, &command_vncdisplay, NULL,
};

static const struct command *const monitor_commands[] = {
	&command_domblkerror, &command_domblkinfo, &command_domblklist, &command_domblkstat,
	&command_domcontrol, &command_domif_getlink, &command_domiflist,
	&command_dominfo, &command_dommemstat, &command_domstate, &command_domstats, &command_domtime, &command_list, NULL,
};

static const struct command *const event_commands[] = { &command_event, NULL };

static const struct command *const host_commands[] = {
	&command_capabilities, &command_cpu_models, &command_domcapabilities,
	&command_hostname, &command_maxvcpus, &command_nodecpumap, &command_nodecpustats,
	&command_nodeinfo, &command_nodememstats, &command_uri,
	&command_version, NULL,
};

static const struct command *const no_commands[] = { NULL };

static const struct command *const snapshot_commands[] = {
	&command_snapshot_create, &command_snapshot_create_as, &command_snapshot_current,
	&command_snapshot_delete, &command_snapshot_dumpxml, &command_snapshot_edit,
	&command_snapshot_info, &command_snapshot_list, &command_snapshot_parent, &command_snapshot_revert, NULL,
};

static const struct command *const trash_commands[] = {
	&command_doctor, &command_trash_empty, &command_trash_list, &command_trash_restore,
	NULL,
};

static const struct command *const shell_commands[] = {
	&command_cd, &command_connect, &command_echo, &command_exit, &command_help, &command_pwd, &command_quit,
	NULL,
};

const struct command *const hidden_commands[] = { &command_complete, &command_self_test, NULL };

const struct group groups[] = {
	{ "Domain Management", "domain", domain_commands },
	{ "Domain Monitoring", "monitor", monitor_commands },
	{ "Domain Events", "events", event_commands },
	{ "Host and Hypervisor", "host", host_commands },
	{ "Checkpoint", "checkpoint", no_commands },
	{ "Interface", "interface", no_commands },
	{ "Network Filter", "filter", no_commands },
	{ "Networking", "network", no_commands },
	{ "Node Device", "nodedev", no_commands },
	{ "Secret", "secret", no_commands },
	{ "Snapshot", "snapshot", snapshot_commands },
	{ "Backup", "backup", no_commands },
	{ "Storage Pool", "pool", no_commands },
	{ "Storage Volume", "volume", no_commands },
	{ "Trash and undo", "trash", trash_commands },
	{ "The shell itself", "virsh", shell_commands },
	{ NULL, NULL, NULL },
};

/* From row *at on, the next one of a group, or NULL. */
static const struct command *next_absent(const struct group *g, size_t *at)
{
	while (absent_commands[*at].group && strcmp(absent_commands[*at].group, g->keyword) != 0)
		++*at;
	return absent_commands[*at].group ? &absent_commands[*at].row : NULL;
}

const struct command *table_next(struct walk *w)
{
	const struct command *there = w->group->commands[w->command];
	const struct command *absent = next_absent(w->group, &w->absent);

	if (!absent || (there && strcmp(there->name, absent->name) <= 0)) {
		w->command += there != NULL;
		return there;
	}
	w->absent++;
	return absent;
}

const struct command *table_find(const char *name)
{
	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			if (strcmp(g->commands[i]->name, name) == 0)
				return g->commands[i];
	for (const struct absent *a = absent_commands; a->group; a++)
		if (strcmp(a->row.name, name) == 0)
			return &a->row;
	for (const struct command *const *c = hidden_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

const struct group *table_find_group(const char *keyword)
{
	for (const struct group *g = groups; g->title; g++)
		if (strcmp(g->keyword, keyword) == 0)
			return g;
	return NULL;
}
