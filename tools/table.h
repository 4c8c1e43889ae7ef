/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* All commands, in groups as help shows them. The rows themselves are in the cmd-*.c files. */
#include "command.h"

struct group {
	const char *title;
	const char *keyword; /* for `help KEYWORD` */
	const struct command *const *commands; /* ends with NULL */
};

extern const struct group groups[]; /* ends with a group without title */

extern const struct command *const hidden_commands[]; /* in no group; ends with NULL */

/* What only virsh has: rows that refuse and say what to use instead. */
struct absent {
	const char *group; /* its keyword */
	struct command row;
};

extern const struct absent absent_commands[]; /* ends with a row without group */

/* One group, row by row: those that are there and the absent ones, by name if both lists are. Begin
 * with { .group = … }. */
struct walk {
	const struct group *group;
	size_t command, absent;
};

const struct command *table_next(struct walk *w); /* NULL: no more */

/* NULL when there is no such command; group too. What is there wins over what is absent. */
const struct command *table_find(const char *name);
const struct group *table_find_group(const char *keyword);

extern const struct command command_domfsfreeze, command_domfsthaw, command_domfstrim,
	command_domhostname, command_domtime, command_dommemstat, command_domif_getlink, command_domif_setlink,
	command_vcpuinfo, command_list, command_dominfo, command_domstate, command_domid,
	command_domname, command_domuuid, command_dumpxml, command_define, command_undefine,
	command_domrename, command_autostart, command_create, command_start, command_destroy,
	command_shutdown, command_suspend, command_resume, command_managedsave,
	command_managedsave_remove, command_managedsave_define, command_managedsave_edit,
	command_save, command_restore, command_save_image_define, command_save_image_edit, command_snapshot_create, command_snapshot_create_as,
	command_snapshot_list, command_snapshot_dumpxml, command_snapshot_current,
	command_snapshot_edit,
	command_snapshot_delete, command_snapshot_revert, command_snapshot_info,
	command_snapshot_parent, command_trash_list, command_trash_restore, command_trash_empty,
	command_hostname, command_version, command_nodeinfo, command_maxvcpus,
	command_capabilities, command_cpu_models, command_domcapabilities, command_domxml_to_native,
	command_nodecpumap, command_nodecpustats, command_nodememstats,
	command_domblklist, command_domiflist, command_domblkinfo, command_vncdisplay,
	command_ttyconsole, command_domdisplay, command_desc, command_set_lifecycle_action, command_start_autostart, command_qemu_agent_command, command_metadata, command_edit,
	command_reboot, command_reset, command_inject_nmi, command_send_key, command_screenshot,
	command_qemu_monitor_command, command_managedsave_dumpxml, command_save_image_dumpxml,
	command_protect, command_domjobinfo, command_domjobabort, command_await, command_console,
	command_domstats, command_domcontrol, command_doctor, command_uri, command_help,
	command_echo, command_cd, command_pwd, command_quit, command_exit, command_connect,
	command_setmem, command_setmaxmem, command_setvcpus, command_vcpucount, command_domblkstat,
	command_domblkerror, command_complete, command_event, command_qemu_monitor_event,
	command_self_test;
