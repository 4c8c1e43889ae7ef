/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "driver/qemu/spec.h"

/* Of later kernels than the headers that this may be built with; numbers are the kernel's. */
#define ACCESS_TRUNCATE (1ULL << 14)
#define ACCESS_IOCTL_DEV (1ULL << 15)
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

/* struct landlock_ruleset_attr as it has grown. */
struct ruleset {
	guint64 files, network, scopes;
};

/* What each version of landlock can forbid besides what the one before could. */
static const struct version_row {
	int version;
	guint64 files, scopes;
	size_t size; /* of struct ruleset that it knows */
} versions[] = {
	{ 1, (1ULL << 13) - 1, 0, 8 },
	{ 2, LANDLOCK_ACCESS_FS_REFER, 0, 8 },
	{ 3, ACCESS_TRUNCATE, 0, 8 },
	{ 4, 0, 0, 16 },
	{ 5, ACCESS_IOCTL_DEV, 0, 16 },
	{ 6, 0, SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL, 24 },
};

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define WRITE \
	(READ | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)
/* All that has a meaning for what is not a directory. */
#define NOT_DIR                                                                            \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                      \
	 LANDLOCK_ACCESS_FS_READ_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)

/* What every QEMU and its libraries need of a host; what is not there is left out. */
static const struct {
	const char *path;
	guint64 access;
} system_paths[] = {
	{ "/usr", RUN },
	{ "/lib", RUN },
	{ "/lib64", RUN },
	{ "/etc/ld.so.cache", READ },
	{ "/etc/ld.so.preload", READ },
	{ "/etc/localtime", READ },
	/* Name resolution of user-mode networks. */
	{ "/etc/resolv.conf", READ },
	{ "/run/systemd/resolve", READ },
	{ "/dev/null", WRITE },
	{ "/dev/urandom", READ },
	{ "/proc/self", READ },
	{ "/proc/filesystems", READ },
	{ "/sys/devices/system", READ },
};

int landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

/* The ruleset with everything forbidden that this kernel can forbid. */
static int create_ruleset(int version, struct ruleset *ret_handled)
{
	struct ruleset handled = { 0 };
	size_t size = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(versions) && versions[i].version <= version; i++) {
		handled.files |= versions[i].files;
		handled.scopes |= versions[i].scopes;
		size = versions[i].size;
	}
	*ret_handled = handled;
	return (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
}

static bool allow(int ruleset, const char *path, guint64 access, bool is_optional)
{
	auto_close int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .parent_fd = fd, .allowed_access = access };
	struct stat st;

	if (fd < 0)
		return is_optional && (errno == ENOENT || errno == EACCES || errno == ENOTDIR);
	if (fstat(fd, &st) < 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= NOT_DIR;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* An emulator that is not the system's has its firmware and modules near it: where it is installed
 * under a prefix of its own, or in a build tree. */
static bool allow_emulator(int ruleset, const char *emulator, guint64 handled)
{
	static const char *const near[] = { "../share", "../lib", "../lib64", "../pc-bios",
					    "pc-bios",  "qemu-bundle" };
	char path[PATH_MAX];
	char *name;

	if (!realpath(emulator, path))
		return true; /* exec tells what is the matter */
	if (!allow(ruleset, path, RUN & handled, false))
		return false;
	name = strrchr(path, '/') + 1;
	for (size_t i = 0; i < G_N_ELEMENTS(near); i++) {
		if (g_strlcpy(name, near[i], sizeof(path) - (size_t)(name - path)) >=
			    sizeof(path) - (size_t)(name - path) ||
		    !allow(ruleset, path, RUN & handled, true))
			return false;
	}
	return true;
}

static const char *add_rules(int ruleset, const struct spec *spec, guint64 handled)
{
	for (size_t i = 0; i < G_N_ELEMENTS(system_paths); i++)
		if (!allow(ruleset, system_paths[i].path, system_paths[i].access & handled, true))
			return system_paths[i].path;
	if (!allow_emulator(ruleset, spec->argv[0], handled))
		return spec->argv[0];
	for (guint i = 0; i < spec->paths->len; i++) {
		const struct spec_file *file = g_ptr_array_index(spec->paths, i);

		if (!allow(ruleset, file->path, (file->is_writable ? WRITE : READ) & handled,
			   false))
			return file->path;
	}
	return NULL;
}

const char *landlock_enter(const struct spec *spec)
{
	int version = landlock_version();
	auto_close int ruleset = -1;
	struct ruleset handled;
	const char *failed;

	if (version == 0)
		return NULL;
	ruleset = create_ruleset(version, &handled);
	if (ruleset < 0)
		return "make a landlock ruleset";
	failed = add_rules(ruleset, spec, handled.files);
	if (failed)
		return failed;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return "enter the landlock ruleset";
	return NULL;
}
