/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/vnc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"

#define VNC_SOCKET "vnc.sock"
#define VNC_PORT_FILE "vnc.port" /* the one that was chosen, in decimal */
#define PORT_TEXT_MAX 8
#define PORT_MAX 65535
#define BACKLOG 4
#define ADDRESS_DEFAULT "127.0.0.1"

static const struct graphics_config *display_of(const struct domain_config *cfg)
{
	return cfg->graphics->len > 0 ? g_ptr_array_index(cfg->graphics, 0) : NULL;
}

/* ---- Unix sockets ---- */

/* A socket that an earlier run left at a path of the user's. */
static bool remove_dead_socket(int dirfd, const char *name)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	if (g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dirfd, name) >=
	    (int)sizeof(addr.sun_path))
		return false;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 || errno != ECONNREFUSED)
		return false;
	return sys_unlinkat(dirfd, name) == 0;
}

static int bind_unix(const struct guest *g, const char *path)
{
	g_autofree char *parent = path ? g_path_get_dirname(path) : NULL;
	g_autofree char *name = path ? g_path_get_basename(path) : g_strdup(VNC_SOCKET);
	auto_close int parent_fd = path ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int dirfd = path ? parent_fd : g->run_fd;
	int fd;

	if (dirfd < 0)
		return -1;
	fd = sys_bind_unix(dirfd, name);
	if (fd < 0 && errno == EADDRINUSE && remove_dead_socket(dirfd, name))
		fd = sys_bind_unix(dirfd, name);
	return fd;
}

/* ---- Ports ---- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static const char *address_of(const struct graphics_config *graphics)
{
	return graphics->address ? graphics->address : ADDRESS_DEFAULT;
}

/* Its length; 0: this is no address. */
static socklen_t read_address(const char *text, unsigned int port, union address *ret)
{
	*ret = (union address){ 0 };
	if (inet_pton(AF_INET, text, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		return sizeof(ret->v4);
	}
	if (inet_pton(AF_INET6, text, &ret->v6.sin6_addr) != 1)
		return 0;
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons((uint16_t)port);
	return sizeof(ret->v6);
}

/* Two who reuse an address may both bind it; only one can listen. */
static int listen_at(const char *address, unsigned int port)
{
	union address at;
	socklen_t size = read_address(address, port, &at);
	auto_close int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    (at.any.sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) < 0) ||
	    bind(fd, &at.any, size) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	return take_fd(&fd);
}

static int listen_first(const char *address, unsigned int *ret_port)
{
	for (unsigned int port = VNC_PORT_MIN; port <= PORT_MAX; port++) {
		int fd = listen_at(address, port);

		*ret_port = port;
		if (fd >= 0 || errno != EADDRINUSE)
			return fd;
	}
	return -1;
}

static bool note_port(const struct guest *g, unsigned int port, GError **err)
{
	g_autofree char *text = g_strdup_printf("%u\n", port);

	return sys_replace_file_volatile(g->run_fd, VNC_PORT_FILE, text, strlen(text), err);
}

static unsigned int noted_port(const char *run_dir)
{
	g_autofree char *path = g_build_filename(run_dir, VNC_PORT_FILE, NULL);
	g_autofree char *text = NULL;
	size_t size;

	return read_file_at(AT_FDCWD, path, PORT_TEXT_MAX, &text, &size, NULL)
		       ? (unsigned int)g_ascii_strtoull(text, NULL, 10) : 0;
}

static int open_port(const struct guest *g, const struct graphics_config *graphics, GError **err)
{
	const char *address = address_of(graphics);
	unsigned int port = graphics->port;
	auto_close int fd = port ? listen_at(address, port) : listen_first(address, &port);

	if (fd >= 0)
		return note_port(g, port, err) ? take_fd(&fd) : -1;
	if (errno == EADDRINUSE && graphics->port)
		fail(err, VIR_ERR_OPERATION_FAILED,
		     "port %u of '%s', where VNC is to listen, is in use; autoport='yes' takes "
		     "the first one that is free", port, address);
	else
		fail_os(err, errno, "listen for VNC at '%s' port %u", address, port);
	return -1;
}

static int open_socket(const struct guest *g, const struct graphics_config *graphics, GError **err)
{
	auto_close int fd = bind_unix(g, graphics->socket);

	if (fd >= 0 && listen(fd, BACKLOG) == 0)
		return take_fd(&fd);
	fail_os(err, errno, "listen for VNC at '%s'",
		graphics->socket ? graphics->socket : VNC_SOCKET);
	return -1;
}

/* ---- The XML of now ---- */

static void show_port(const struct graphics_config *graphics, const char *run_dir)
{
	g_autofree char *port = g_strdup_printf("%u", noted_port(run_dir));
	struct xml_node *listen = xml_ensure(graphics->node, "listen");

	xml_set_attr(graphics->node, "port", port);
	xml_set_attr(graphics->node, "autoport", graphics->port ? "no" : "yes");
	xml_set_attr(graphics->node, "listen", address_of(graphics));
	xml_set_attr(listen, "type", "address");
	xml_set_attr(listen, "address", address_of(graphics));
}

static void show_socket(const struct graphics_config *graphics, const char *run_dir)
{
	g_autofree char *path = g_build_filename(run_dir, VNC_SOCKET, NULL);
	struct xml_node *listen = xml_ensure(graphics->node, "listen");

	xml_set_attr(graphics->node, "socket", path);
	xml_set_attr(listen, "type", "socket");
	xml_set_attr(listen, "socket", path);
}

void vnc_show(const struct domain_config *cfg, const char *run_dir)
{
	const struct graphics_config *graphics = display_of(cfg);

	if (graphics && graphics->is_tcp)
		show_port(graphics, run_dir);
	else if (graphics && !graphics->socket)
		show_socket(graphics, run_dir);
}

/* ---- QEMU ---- */

const char *vnc_option(const struct domain_config *cfg)
{
	const struct graphics_config *graphics = display_of(cfg);

	if (!graphics)
		return NULL;
	return graphics->password ? "none,password=on" : "none";
}

static json_object *vnc_update(const char *fd_name)
{
	json_object *args = json_object_new_object();
	json_object *addresses = json_object_new_array();
	json_object *address = json_object_new_object();

	json_set_string(address, "type", "fd");
	json_set_string(address, "str", fd_name);
	json_object_array_add(addresses, address);
	json_set_string(args, "type", "vnc");
	json_object_object_add(args, "addresses", addresses);
	return args;
}

static bool set_password(struct qmp *q, const char *password, GError **err)
{
	json_object *args;

	if (!password)
		return true;
	args = json_object_new_object();
	json_set_string(args, "protocol", "vnc");
	json_set_string(args, "password", password);
	return qmp_call(q, "set_password", args, NULL, err);
}

/* The password first: nobody comes in without. */
bool vnc_open(struct guest *g, struct qmp *q, const struct domain_config *cfg, GError **err)
{
	const struct graphics_config *graphics = display_of(cfg);
	auto_close int fd = -1;
	json_object *give;

	if (!graphics)
		return true;
	if (!set_password(q, graphics->password, err))
		return false;
	fd = graphics->is_tcp ? open_port(g, graphics, err) : open_socket(g, graphics, err);
	if (fd < 0)
		return false;
	give = json_object_new_object();
	json_set_string(give, "fdname", "vnc");
	return qmp_call_fd(q, "getfd", give, fd, QMP_TIMEOUT_MS, NULL, err) &&
	       qmp_call(q, "display-update", vnc_update("vnc"), NULL, err);
}
