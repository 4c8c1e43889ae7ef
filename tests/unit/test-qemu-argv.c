/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From XML to QEMU's command line and PCI addresses: NAME.xml gives NAME.args, beside this file in
 * test-qemu-argv/. A change of the command line is a visible difference there:
 * DOMSH_UPDATE_GOLDEN=1 writes it.
 */
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/argv.h"

#define DIRECTORY "tests/unit/test-qemu-argv"

static struct xml_tree *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct xml_tree *tree = xml_parse(text, strlen(text), "domain", &error);

	g_assert_no_error(error);
	return tree;
}

static bool build(struct xml_tree *tree, struct spec *s, GError **err)
{
	g_autoptr(domain_config) cfg = NULL;
	g_autoptr(domain_config) before = domain_config_read(tree, err);
	enum chipset chipset;
	bool changed;

	if (!before)
		return false;
	g_assert_true(chipset_of(before->machine, &chipset));
	if (!pci_assign(tree, chipset, &changed, err))
		return false;
	cfg = domain_config_read(tree, err);
	return argv_build(&(struct argv_input){.tree = tree, .cfg = cfg,
					       .emulator = "/usr/bin/qemu-system-x86_64"}, s, err);
}

/* One option per line with its value, then what else the guard gets. */
static char *describe(const struct spec *s)
{
	GString *out = g_string_new(NULL);

	for (char **arg = s->argv; *arg; arg++)
		g_string_append_printf(out, "%s%s", arg == s->argv ? "" :
				       **arg == '-' ? "\n" : " ", *arg);
	g_string_append_c(out, '\n');
	for (guint i = 0; i < s->sockets->len; i++)
		g_string_append_printf(out, "socket %d %s\n", spec_socket_fd(i),
				       (char *)g_ptr_array_index(s->sockets, i));
	for (guint i = 0; i < s->files->len; i++)
		g_string_append_printf(out, "file %d %s\n", spec_file_fd(s, i),
				       ((struct spec_file *)g_ptr_array_index(s->files, i))->path);
	for (guint i = 0; i < s->paths->len; i++) {
		const struct spec_file *file = g_ptr_array_index(s->paths, i);

		g_string_append_printf(out, "opens %s %s\n",
				       file->is_made ? "makes" : file->is_writable ? "rw" : "ro",
				       file->path);
	}
	return g_string_free(out, FALSE);
}

static void test_golden(gconstpointer name)
{
	g_autofree char *xml_path = g_strdup_printf(DIRECTORY "/%s.xml", (const char *)name);
	g_autofree char *args_path = g_strdup_printf(DIRECTORY "/%s.args", (const char *)name);
	g_autofree char *text = NULL;
	g_autofree char *wanted = NULL;
	g_autofree char *got = NULL;
	g_autoptr(xml_tree) tree = NULL;
	g_autoptr(guest_spec) s = spec_new();
	g_autoptr(GError) error = NULL;

	g_file_get_contents(xml_path, &text, NULL, &error);
	g_assert_no_error(error);
	tree = parse(text);
	build(tree, s, &error);
	g_assert_no_error(error);
	got = describe(s);
	if (g_getenv("DOMSH_UPDATE_GOLDEN"))
		g_assert_true(g_file_set_contents(args_path, got, -1, NULL));
	g_file_get_contents(args_path, &wanted, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, wanted);
}

/* What a device list is refused for. */
static const struct row {
	const char *name, *machine, *devices, *words;
	int code;
} rows[] = {
	{"slot-twice", "pc",
	 "<rng model='virtio'><backend model='random'>/dev/urandom</backend>"
	 "<address type='pci' slot='0x07'/></rng><memballoon model='virtio'>"
	 "<address type='pci' slot='0x7'/></memballoon>", "another device", VIR_ERR_XML_ERROR},
	{"slot-of-chipset", "q35",
	 "<memballoon model='virtio'><address type='pci' slot='0x1f'/></memballoon>",
	 "chipset", VIR_ERR_XML_ERROR},
	{"slot-32", "q35", "<memballoon model='virtio'><address type='pci' slot='32'/></memballoon>",
	 "not a PCI address", VIR_ERR_XML_ERROR},
	{"slot-word", "q35", "<memballoon model='virtio'><address type='pci' slot='x'/></memballoon>",
	 "not a PCI address", VIR_ERR_XML_ERROR},
	{"bus-1", "q35",
	 "<memballoon model='virtio'><address type='pci' bus='0x01' slot='0x00'/></memballoon>",
	 "bus 0", VIR_ERR_CONFIG_UNSUPPORTED},
	{"ide-on-q35", "q35",
	 "<disk type='file' device='disk'><source file='/a'/><target dev='hda' bus='ide'/></disk>",
	 "no IDE", VIR_ERR_CONFIG_UNSUPPORTED},
	{"virtio-cdrom", "pc",
	 "<disk type='file' device='cdrom'><source file='/a'/><target dev='vda' bus='virtio'/></disk>",
	 "virtio bus", VIR_ERR_CONFIG_UNSUPPORTED},
	{"fifth-ide", "pc",
	 "<disk type='file' device='disk'><source file='/a'/><target dev='hde' bus='ide'/></disk>",
	 "no place", VIR_ERR_CONFIG_UNSUPPORTED},
	{"read-only-sata", "q35",
	 "<disk type='file' device='disk'><source file='/a'/><target dev='sda' bus='sata'/><readonly/>"
	 "</disk>", "read-only", VIR_ERR_CONFIG_UNSUPPORTED},
	{"bridge", "pc", "<interface type='bridge'><source bridge='br0'/></interface>",
	 "'bridge'", VIR_ERR_CONFIG_UNSUPPORTED},
	{"vmdk", "pc",
	 "<disk type='file' device='disk'><driver name='qemu' type='vmdk'/><source file='/a'/>"
	 "<target dev='vda' bus='virtio'/></disk>", "'vmdk'", VIR_ERR_CONFIG_UNSUPPORTED},
};

static char *with_devices(const char *machine, const char *devices)
{
	return g_strdup_printf("<domain type='qemu'><name>n</name><memory>65536</memory><os>"
			       "<type arch='x86_64' machine='%s'>hvm</type></os><devices>%s"
			       "</devices></domain>", machine, devices);
}

static void test_refused(gconstpointer data)
{
	const struct row *row = data;
	g_autofree char *text = with_devices(row->machine, row->devices);
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(guest_spec) s = spec_new();
	g_autoptr(GError) error = NULL;

	g_assert_false(build(tree, s, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, DOM_ERROR, row->code);
	g_assert_nonnull(strstr(error->message, row->words));
}

static char *disks(int n)
{
	GString *out = g_string_new(NULL);

	for (int i = 0; i < n; i++)
		g_string_append_printf(out, "<disk type='file' device='disk'><source file='/d%d'/>"
				       "<target dev='vd%c%s' bus='virtio'/></disk>", i,
				       'a' + i % 26, i >= 26 ? "a" : "");
	return g_string_free(out, FALSE);
}

/* As many as fit, no two at one place, the same every time; one more is refused and changes
 * nothing. */
static void test_addresses(gconstpointer machine)
{
	enum chipset chipset;
	int most = 0;

	g_assert_true(chipset_of(machine, &chipset));
	for (int n = 1; n <= 32; n++) {
		g_autofree char *list = disks(n);
		g_autofree char *text = with_devices(machine, list);
		g_autoptr(xml_tree) tree = parse(text);
		g_autoptr(xml_tree) again = xml_copy(tree);
		g_autofree char *before = xml_format(tree);
		g_autofree char *after = NULL;
		g_autofree char *after_again = NULL;
		bool changed = false;

		if (!pci_assign(tree, chipset, &changed, NULL)) {
			after = xml_format(tree);
			g_assert_cmpstr(before, ==, after);
			continue;
		}
		most = n;
		g_assert_true(changed);
		g_assert_true(pci_assign(again, chipset, &changed, NULL));
		after = xml_format(tree);
		after_again = xml_format(again);
		g_assert_cmpstr(after, ==, after_again);
		g_assert_true(pci_assign(tree, chipset, &changed, NULL));
		g_assert_false(changed);
	}
	g_assert_cmpint(most, ==, 28);
}

static void check_same(const struct spec *a, const struct spec *b)
{
	g_autofree char *text_a = describe(a);
	g_autofree char *text_b = describe(b);

	g_assert_cmpstr(text_a, ==, text_b);
	g_assert_cmpstr(a->name, ==, b->name);
	g_assert_cmpstr(a->on_crash, ==, b->on_crash);
	g_assert_true(g_strv_equal((const char *const *)a->env, (const char *const *)b->env));
	g_assert_cmpint(a->id, ==, b->id);
}

static void check_same_rights(const struct spec *a, const struct spec *b)
{
	g_assert_cmpuint(a->paths->len, ==, b->paths->len);
	for (guint i = 0; i < a->paths->len; i++) {
		const struct spec_file *one = g_ptr_array_index(a->paths, i);
		const struct spec_file *other = g_ptr_array_index(b->paths, i);

		g_assert_cmpstr(one->path, ==, other->path);
		g_assert_cmpint(one->is_writable, ==, other->is_writable);
		g_assert_cmpint(one->is_made, ==, other->is_made);
	}
	g_assert_cmpstr(b->user.name, ==, "root");
	g_assert_cmpuint(b->user.uid, ==, 0);
	g_assert_cmpuint(b->user.gid, ==, 0);
	g_assert_cmpmem(a->user.groups->data, a->user.groups->len * sizeof(unsigned int),
			b->user.groups->data, b->user.groups->len * sizeof(unsigned int));
}

static void test_no_user(void)
{
	g_autoptr(guest_spec) s = spec_new();
	g_autoptr(GError) error = NULL;

	g_assert_false(spec_set_user(s, "no such user", &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_CONFIG_UNSUPPORTED);
	g_assert_null(s->user.name);
}

static void test_spec(void)
{
	g_autofree char *text = with_devices("q35", "<serial type='unix'/>");
	g_autoptr(xml_tree) tree = parse(text);
	g_autofree char *dir = g_dir_make_tmp("domsh-spec-XXXXXX", NULL);
	int fd = open_dir_at(AT_FDCWD, dir);
	g_autoptr(guest_spec) s = spec_new();
	g_autoptr(guest_spec) back = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(spec_read(fd, &error));
	g_assert_error(error, OS_ERROR, 2);
	g_clear_error(&error);
	g_assert_true(build(tree, s, &error));
	s->name = g_strdup("näme \"x\"\n");
	s->uuid = g_strdup("u");
	s->run_id = g_strdup("r");
	s->id = 7;
	s->on_crash = g_strdup("preserve");
	spec_add_file(s, NVRAM_FILE, true);
	spec_add_made_path(s, "/tmp/made");
	g_assert_true(spec_set_user(s, "root", &error));
	g_assert_true(spec_write(s, fd, &error));
	back = spec_read(fd, &error);
	g_assert_no_error(error);
	check_same(s, back);
	check_same_rights(s, back);
	g_assert_true(sys_put_file(fd, "x", "", 0, NULL));
	g_assert_true(sys_replace_file(fd, SPEC_FILE, "{\"v\":1,\"argv\":[1]}", 18, NULL));
	g_assert_null(spec_read(fd, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_INTERNAL_ERROR);
	close(fd);
	g_assert_true(sys_remove_tree(AT_FDCWD, dir, NULL));
}

int main(int argc, char **argv)
{
	static const char *const golden[] = {"small-pc", "all-pc", "all-q35"};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(golden); i++) {
		g_autofree char *path = g_strconcat("/argv/golden/", golden[i], NULL);

		g_test_add_data_func(path, golden[i], test_golden);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/argv/refused/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_refused);
	}
	g_test_add_data_func("/argv/addresses/pc", "pc", test_addresses);
	g_test_add_data_func("/argv/addresses/q35", "q35", test_addresses);
	g_test_add_func("/argv/spec", test_spec);
	g_test_add_func("/argv/spec-no-user", test_no_user);
	return g_test_run();
}
