/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a guest's console. No lock of the domain: a guest can be talked to whatever is done to
 * it. Who uses a port holds run/<port>.console; on request he lets go. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "base/util.h"
#include "engine/config.h"
#include "engine/op.h"
#include "store/lock.h"
#include "xml/node.h"

static void console_clear(struct hv_console *c)
{
	g_free(c->port);
	g_free(c->path);
}
typedef struct hv_console hv_console;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(hv_console, console_clear)

static bool find_console(struct engine *e, struct domain_dir *dd, const char *alias,
			 struct hv_console *ret, GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(xml_tree) live = NULL;
	size_t size;

	if (!e->hv->ops->console)
		return fail(err, VIR_ERR_NO_SUPPORT, "console of a guest of %s", e->hv->ops->name);
	if (!domain_read_xml(dd, "live.xml", &text, &size, err))
		return false;
	live = xml_build(text, size, "domain", err);
	return live && e->hv->ops->console(live, alias, ret, err);
}

/* ---- One user at a time ---- */

static int take_port(struct engine *e, const char *name, int run, const char *port, bool force,
		     GError **err)
{
	g_autofree char *file = g_strconcat(port, ".console", NULL);
	g_autofree char *holder = NULL;
	g_autoptr(GError) error = NULL;
	int fd = lock_take(run, file, port, e->command, 0, &error);

	if (fd < 0 && force && error_is(error, VIR_ERR_RESOURCE_BUSY) && lock_ask(run, file)) {
		g_clear_error(&error);
		fd = lock_take(run, file, port, e->command, config_lock_wait_ms(e->config),
			       &error);
	}
	if (fd >= 0)
		return fd;
	if (!error_is(error, VIR_ERR_RESOURCE_BUSY)) {
		g_propagate_error(err, g_steal_pointer(&error));
		return -1;
	}
	holder = lock_holder(run, file);
	fail(err, VIR_ERR_OPERATION_FAILED, PHRASE_CONSOLE_TAKEN ": %s uses %s of '%s'; %s", holder,
	     port, name, force ? "it was asked to let go and does not"
			       : "--force takes it from there");
	return -1;
}

/* ---- The bytes ---- */

static int connect_at(int dirfd, const char *name)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	/* A path of the domain directory may be longer than an address can be. */
	int n = g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dirfd,
			   name);

	if (n >= (int)sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	return take_fd(&fd);
}

static int connect_to(int run, const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	auto_close int dir = *path == '/' ? open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	if (*path != '/')
		return connect_at(run, path);
	return dir < 0 ? -1 : connect_at(dir, name);
}

static int open_terminal(const char *path)
{
	auto_close int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && isatty(fd) ? take_fd(&fd) : -1;
}

static int open_port(const char *name, int run, const struct hv_console *c, GError **err)
{
	auto_close int fd = c->is_socket ? connect_to(run, c->path) : open_terminal(c->path);

	if (fd < 0) {
		fail_os(err, errno, "open %s of domain '%s' at '%s'", c->port, name, c->path);
		return -1;
	}
	/* A terminal's name may be another's when the guest is gone. */
	if (lock_probe(run, "alive") != LOCK_HELD) {
		fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
		return -1;
	}
	return take_fd(&fd);
}

static bool open_console(struct engine *e, struct domain_dir *dd, const struct hv_console *c,
			 bool force, struct console *ret, GError **err)
{
	auto_close int run = open_dir_at(dd->fd, "run");
	auto_close int lock = -1, asked = -1, fd = -1;

	if (run < 0)
		return fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	lock = take_port(e, dd->name, run, c->port, force, err);
	if (lock < 0)
		return false;
	asked = lock_watch_asked(lock);
	if (asked < 0)
		return fail_os(err, errno, "watch %s of domain '%s'", c->port, dd->name);
	fd = open_port(dd->name, run, c, err);
	if (fd < 0)
		return false;
	*ret = (struct console){ take_fd(&fd), take_fd(&lock), take_fd(&asked) };
	return true;
}

bool engine_console(struct engine *e, const char *name, const char *alias, bool force,
		    struct console *ret_console, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(domain_dir) dd = st ? op_open_alive(st, name, err) : NULL;
	g_auto(hv_console) console = { 0 };

	return dd && find_console(e, dd, alias, &console, err) &&
	       open_console(e, dd, &console, force, ret_console, err);
}
