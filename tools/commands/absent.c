/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The commands of virsh that this build does not have: each is a row, so that a script gets a clear
 * answer and a person the way round. A command that gets built loses its row here, nothing else.
 */
#include <libvirt/virterror.h>

#include "output/errors.h"
#include "shell.h"
#include "table.h"

static bool run_absent(struct shell *sh, const void *args)
{
	const struct command *command = table_find(sh->running);

	(void)args;
	return fail_own(sh, VIR_ERR_NO_SUPPORT,
			"this function is not supported by the connection driver: "
			"'%s' is not supported by this build; %s", command->name, command->about);
}

#define DEVICES "shut the guest down, change its devices with 'dumpxml' and 'define', and start it"
#define TUNING "change it in the XML with 'dumpxml' and 'define'; the next start takes it up"
#define CGROUPS "domsh sets up no cgroups; run domsh in a systemd scope with the limits you want"
#define BLOCK_JOBS "shut the guest down and use qemu-img on its images ('commit', 'rebase')"
#define AGENT "the guest agent is not spoken to; do it inside the guest, by ssh or its console"
#define STATS "ask the host: 'dominfo' has the CPU time, QEMU's process the rest"
#define MIGRATION "guests stay on this host; move one with 'shutdown', copied images and 'define'"
#define ONE_FORM "define the domain from XML; 'dumpxml' of another guest is a good start"
#define QEMU_PINS "use taskset or numactl on the threads of QEMU's process"
#define HOST_CPUS "ask QEMU: qemu-system-x86_64 -cpu help"
#define HOST_FACTS "ask the host: lscpu, free, numactl --hardware"
#define CHECKPOINTS "back up with the guest off, or take a snapshot with 'snapshot-create-as'"
#define INTERFACES "the host's network belongs to NetworkManager, networkd or ifupdown; use ip link"
#define FILTERS "filter the guest's traffic on the host with nft"
#define NETWORKS "a guest's <interface type='user'> needs no network of the host's"
#define NODE_DEVICES "look with lspci, lsusb and in /sys; devices of the host are not assigned"
#define SECRETS "no secrets are kept; encrypt where the images are, such as with dm-crypt"
#define POOLS "a pool is a directory here: name the images by their paths, list them with ls"
#define VOLUMES "a volume is a file here: use qemu-img and the tools for files on its path"
#define BACKUPS "copy the images with the guest off, or convert a snapshot with qemu-img -l"

#define ROW(command, text, instead)                                                     \
	{ .name = command, .summary = text, .about = instead,                           \
	  .props = COMMAND_OFFLINE | COMMAND_ABSENT, .run = run_absent }
#define DOMAIN(command, text, instead) { "domain", ROW(command, text, instead) }
#define MONITOR(command, text, instead) { "monitor", ROW(command, text, instead) }
#define HOST(command, text, instead) { "host", ROW(command, text, instead) }
#define OF(group, command, text, instead) { group, ROW(group "-" command, text, instead) }
#define IFACE(command, text) { "interface", ROW("iface-" command, text, INTERFACES) }
#define FILTER(command, text) { "filter", ROW("nwfilter-" command, text, FILTERS) }
#define NET(command, text) { "network", ROW("net-" command, text, NETWORKS) }
#define NODEDEV(command, text) { "nodedev", ROW("nodedev-" command, text, NODE_DEVICES) }
#define SECRET(command, text) { "secret", ROW("secret-" command, text, SECRETS) }
#define POOL(command, text) { "pool", ROW(command, text, POOLS) }
#define VOLUME(command, text) { "volume", ROW("vol-" command, text, VOLUMES) }

/* In each group by name, as help shows them. */
const struct absent absent_commands[] = {
	DOMAIN("attach-device", "plug in a device described in XML", DEVICES),
	DOMAIN("attach-disk", "plug in a disk", DEVICES),
	DOMAIN("attach-interface", "plug in a network interface", DEVICES),
	DOMAIN("blkdeviotune", "limit the I/O rate of a disk", CGROUPS),
	DOMAIN("blkiotune", "weigh a guest's disk I/O against others", CGROUPS),
	DOMAIN("blockcommit", "merge an overlay down while the guest runs", BLOCK_JOBS),
	DOMAIN("blockcopy", "copy a disk while the guest runs", BLOCK_JOBS),
	DOMAIN("blockjob", "watch, end or abort work on a disk", BLOCK_JOBS),
	DOMAIN("blockpull", "pull the backing files up while the guest runs", BLOCK_JOBS),
	DOMAIN("blockresize", "give a running guest a larger disk",
	       "shut the guest down and use qemu-img resize"),
	DOMAIN("change-media", "change the medium of a CD-ROM or floppy drive", DEVICES),
	DOMAIN("cpu-stats", "tell how busy each CPU of a guest is", STATS),
	DOMAIN("detach-device", "unplug a device described in XML", DEVICES),
	DOMAIN("detach-device-alias", "unplug a device by its alias", DEVICES),
	DOMAIN("detach-disk", "unplug a disk", DEVICES),
	DOMAIN("detach-interface", "unplug a network interface", DEVICES),
	DOMAIN("dom-fd-associate", "give a guest files that are open", "name the files by path"),
	DOMAIN("domblkthreshold", "be told when a disk fills up",
	       "watch the size of the image file"),
	DOMAIN("domdirtyrate-calc", "measure how fast a guest dirties its memory",
	       "there is no migration to plan with it"),
	DOMAIN("domdisplay-reload", "reload the certificates of a display",
	       "displays use no certificates"),
	DOMAIN("domfsinfo", "list a guest's mounted file systems", AGENT),
	DOMAIN("domiftune", "limit the rate of a network interface",
	       "use tc on the host's side of the interface"),
	DOMAIN("domlaunchsecinfo", "measure a guest with encrypted memory",
	       "guests with encrypted memory (SEV) cannot be started"),
	DOMAIN("dompmsuspend", "have a guest suspend itself", AGENT),
	DOMAIN("dompmwakeup", "wake a guest that has suspended itself", AGENT),
	DOMAIN("domsetlaunchsecstate", "hand a secret to a guest with encrypted memory",
	       "guests with encrypted memory (SEV) cannot be started"),
	DOMAIN("domthrottlegroupdel", "remove an I/O limit that disks share", CGROUPS),
	DOMAIN("domthrottlegroupinfo", "show an I/O limit that disks share", CGROUPS),
	DOMAIN("domthrottlegrouplist", "list the I/O limits that disks share", CGROUPS),
	DOMAIN("domthrottlegroupset", "set an I/O limit that disks share", CGROUPS),
	DOMAIN("domxml-from-native", "make XML of a QEMU command line", ONE_FORM),
	DOMAIN("dump", "write a guest's memory to a file for analysis",
	       "'managedsave' keeps it, but not as a core file"),
	DOMAIN("emulatorpin", "bind QEMU's own threads to CPUs", QEMU_PINS),
	DOMAIN("get-user-sshkeys", "list the SSH keys of a user in the guest", AGENT),
	DOMAIN("guest-agent-timeout", "set how long to wait for the agent", AGENT),
	DOMAIN("guestinfo", "tell what the guest agent knows", AGENT),
	DOMAIN("guestvcpus", "switch CPUs on and off inside the guest", AGENT),
	DOMAIN("iothreadadd", "give a guest an I/O thread", TUNING),
	DOMAIN("iothreaddel", "take an I/O thread away", TUNING),
	DOMAIN("iothreadinfo", "list the I/O threads of a guest", TUNING),
	DOMAIN("iothreadpin", "bind an I/O thread to CPUs", QEMU_PINS),
	DOMAIN("iothreadset", "set how an I/O thread polls", TUNING),
	DOMAIN("lxc-enter-namespace", "run a program in a container",
	       "there are no containers here; use nsenter or the container's own tools"),
	DOMAIN("memtune", "limit the memory of QEMU", CGROUPS),
	DOMAIN("migrate", "move a guest to another host", MIGRATION),
	DOMAIN("migrate-compcache", "set the cache of a migration", MIGRATION),
	DOMAIN("migrate-getmaxdowntime", "tell how long a migration may pause", MIGRATION),
	DOMAIN("migrate-getspeed", "tell how fast a migration may be", MIGRATION),
	DOMAIN("migrate-postcopy", "switch a migration to post-copy", MIGRATION),
	DOMAIN("migrate-setmaxdowntime", "set how long a migration may pause", MIGRATION),
	DOMAIN("migrate-setspeed", "set how fast a migration may be", MIGRATION),
	DOMAIN("numatune", "bind a guest's memory to NUMA nodes", QEMU_PINS),
	DOMAIN("perf", "count hardware events of a guest", "use perf on QEMU's process"),
	DOMAIN("qemu-attach", "take over a QEMU that something else started",
	       "shut that guest down and 'define' it here"),
	DOMAIN("schedinfo", "show or set a guest's share of the CPUs", CGROUPS),
	DOMAIN("send-process-signal", "send a signal to a process in a container",
	       "there are no containers here; use kill inside the guest"),
	DOMAIN("set-user-password", "set a password in the guest", AGENT),
	DOMAIN("set-user-sshkeys", "set the SSH keys of a user in the guest", AGENT),
	DOMAIN("setvcpu", "switch one CPU of a guest on or off", TUNING),
	DOMAIN("update-device", "change a device from XML", DEVICES),
	DOMAIN("update-memory-device", "change the size of a memory device", DEVICES),
	DOMAIN("vcpupin", "bind the CPUs of a guest to CPUs of the host", QEMU_PINS),
	MONITOR("domifaddr", "list the addresses of a guest",
		"ask inside the guest, or the DHCP server of its network"),
	MONITOR("domifstat", "count what a network interface has carried",
		"QEMU counts nothing for user networks, which are those that there are"),

	HOST("allocpages", "reserve huge pages", "use sysctl vm.nr_hugepages"),
	HOST("cpu-baseline", "find the CPU that several hosts have in common", HOST_CPUS),
	HOST("cpu-compare", "compare the host's CPU with one in XML", HOST_CPUS),
	HOST("freecell", "tell how much memory NUMA nodes have free", HOST_FACTS),
	HOST("freepages", "tell how many huge pages are free", "see HugePages in /proc/meminfo"),
	HOST("hypervisor-cpu-baseline", "find a CPU that QEMU can give on several hosts",
	     HOST_CPUS),
	HOST("hypervisor-cpu-compare", "compare the CPU that QEMU gives with one in XML",
	     HOST_CPUS),
	HOST("hypervisor-cpu-models", "list the models of CPU that QEMU has", HOST_CPUS),
	HOST("node-memory-tune", "tune the merging of equal pages", "see /sys/kernel/mm/ksm"),
	HOST("nodesevinfo", "tell what the host can do for encrypted memory",
	     "guests with encrypted memory (SEV) cannot be started"),
	HOST("nodesuspend", "suspend the host", "use systemctl suspend"),
	HOST("sysinfo", "print what the firmware tells about the host", "use dmidecode"),
	OF("checkpoint", "create", "take a checkpoint described in XML", CHECKPOINTS),
	OF("checkpoint", "create-as", "take a checkpoint", CHECKPOINTS),
	OF("checkpoint", "delete", "delete a checkpoint", CHECKPOINTS),
	OF("checkpoint", "dumpxml", "print the XML of a checkpoint", CHECKPOINTS),
	OF("checkpoint", "edit", "edit the XML of a checkpoint", CHECKPOINTS),
	OF("checkpoint", "info", "print what a checkpoint is", CHECKPOINTS),
	OF("checkpoint", "list", "list the checkpoints of a domain",
	   "'list --all --with-checkpoint' has the domains that have some"),
	OF("checkpoint", "parent", "print the name of a checkpoint's parent", CHECKPOINTS),

	IFACE("begin", "begin changes that can be given up"),
	IFACE("bridge", "put an interface into a new bridge"),
	IFACE("commit", "keep the changes since iface-begin"),
	IFACE("define", "configure an interface from XML"),
	IFACE("destroy", "take an interface down"),
	IFACE("dumpxml", "print the configuration of an interface"),
	IFACE("edit", "edit the configuration of an interface"),
	IFACE("list", "list the host's interfaces"),
	IFACE("mac", "print the MAC address of an interface"),
	IFACE("name", "print the name that belongs to a MAC address"),
	IFACE("rollback", "give up the changes since iface-begin"),
	IFACE("start", "bring an interface up"),
	IFACE("unbridge", "take an interface out of its bridge"),
	IFACE("undefine", "remove the configuration of an interface"),

	FILTER("binding-create", "apply a filter to a port"),
	FILTER("binding-delete", "take a filter off a port"),
	FILTER("binding-dumpxml", "print which filter a port has"),
	FILTER("binding-list", "list the filters in use"),
	FILTER("define", "define a network filter from XML"),
	FILTER("dumpxml", "print the XML of a network filter"),
	FILTER("edit", "edit the XML of a network filter"),
	FILTER("list", "list the network filters"),
	FILTER("undefine", "remove a network filter"),

	NET("autostart", "start a network at boot, or no longer"),
	NET("create", "start a network from XML, undefined"),
	NET("define", "define a network from XML"),
	NET("desc", "show or set the title or description of a network"),
	NET("destroy", "stop a network"),
	NET("dhcp-leases", "list the addresses that a network gave out"),
	NET("dumpxml", "print the XML of a network"),
	NET("edit", "edit the XML of a network"),
	NET("event", "wait for events of networks"),
	NET("info", "print what a network is"),
	NET("list", "list the networks"),
	NET("metadata", "show or set XML that programs keep with a network"),
	NET("name", "print the name of a network"),
	NET("port-create", "make a port of a network from XML"),
	NET("port-delete", "remove a port of a network"),
	NET("port-dumpxml", "print the XML of a port of a network"),
	NET("port-list", "list the ports of a network"),
	NET("start", "start a network that is defined"),
	NET("undefine", "remove a network"),
	NET("update", "change a part of a network"),
	NET("uuid", "print the UUID of a network"),

	NODEDEV("autostart", "start a host device at boot, or no longer"),
	NODEDEV("create", "make a device of the host from XML"),
	NODEDEV("define", "define a device of the host from XML"),
	NODEDEV("destroy", "stop a device of the host"),
	NODEDEV("detach", "take a device away from the host's driver"),
	NODEDEV("dettach", "nodedev-detach by its old spelling"),
	NODEDEV("dumpxml", "print the XML of a device of the host"),
	NODEDEV("event", "wait for events of host devices"),
	NODEDEV("info", "print what a device of the host is"),
	NODEDEV("list", "list the devices of the host"),
	NODEDEV("reattach", "give a device back to the host's driver"),
	NODEDEV("reset", "reset a device of the host"),
	NODEDEV("start", "start a device of the host that is defined"),
	NODEDEV("undefine", "remove a device of the host"),
	NODEDEV("update", "change a device of the host"),

	SECRET("define", "define or change a secret from XML"),
	SECRET("dumpxml", "print the XML of a secret"),
	SECRET("event", "wait for events of secrets"),
	SECRET("get-value", "print the value of a secret"),
	SECRET("list", "list the secrets"),
	SECRET("set-value", "set the value of a secret"),
	SECRET("undefine", "remove a secret"),

	OF("backup", "begin", "begin a backup of a running guest's disks", BACKUPS),
	OF("backup", "dumpxml", "print the XML of the backup that runs", BACKUPS),

	POOL("find-storage-pool-sources", "find sources of storage, from XML"),
	POOL("find-storage-pool-sources-as", "find sources of storage"),
	POOL("pool-autostart", "start a pool at boot, or no longer"),
	POOL("pool-build", "make what a pool needs"),
	POOL("pool-capabilities", "print which kinds of pool there are"),
	POOL("pool-create", "start a pool from XML, undefined"),
	POOL("pool-create-as", "start a pool from options, undefined"),
	POOL("pool-define", "define a pool from XML"),
	POOL("pool-define-as", "define a pool from options"),
	POOL("pool-delete", "delete what a pool is kept in"),
	POOL("pool-destroy", "stop a pool"),
	POOL("pool-dumpxml", "print the XML of a pool"),
	POOL("pool-edit", "edit the XML of a pool"),
	POOL("pool-event", "wait for events of pools"),
	POOL("pool-info", "print what a pool is"),
	POOL("pool-list", "list the pools"),
	POOL("pool-name", "print the name of a pool"),
	POOL("pool-refresh", "look again at what a pool holds"),
	POOL("pool-start", "start a pool that is defined"),
	POOL("pool-undefine", "remove a pool"),
	POOL("pool-uuid", "print the UUID of a pool"),

	VOLUME("clone", "copy a volume"),
	VOLUME("create", "make a volume from XML"),
	VOLUME("create-as", "make a volume"),
	VOLUME("create-from", "make a volume from another one"),
	VOLUME("delete", "delete a volume"),
	VOLUME("download", "copy a volume into a file"),
	VOLUME("dumpxml", "print the XML of a volume"),
	VOLUME("info", "print what a volume is"),
	VOLUME("key", "print the key of a volume"),
	VOLUME("list", "list the volumes of a pool"),
	VOLUME("name", "print the name of a volume"),
	VOLUME("path", "print the path of a volume"),
	VOLUME("pool", "print which pool a volume is in"),
	VOLUME("resize", "make a volume larger or smaller"),
	VOLUME("upload", "copy a file into a volume"),
	VOLUME("wipe", "overwrite a volume"),

	{ NULL, { .name = NULL } },
};
