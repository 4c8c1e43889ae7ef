/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell what the host and QEMU can do. */
#include <libvirt/virterror.h>

#include "command.h"
#include "mem.h"
#include "output/errors.h"
#include "output/output.h"
#include "output/render.h"

/* ---- capabilities ------------------------------------------------------------------------- */

static bool run_capabilities(struct shell *sh, const void *args)
{
	auto_free char *xml = virConnectGetCapabilities(sh->conn);

	(void)args;
	if (!xml)
		return fail_call(sh, "failed to get capabilities");
	render_document(sh, NULL, NULL, "xml", xml);
	return true;
}

const struct command command_capabilities = {
	.name = "capabilities",
	.summary = "print what the host can do, in XML",
	.about = "Prints the host's CPUs and memory cells, and the guests it can have: emulator, "
		 "machines, and whether KVM works. What domsh does not know is not in it.",
	.run = run_capabilities,
};

/* ---- domcapabilities ---------------------------------------------------------------------- */

struct domcapabilities_args {
	const char *type, *emulator, *arch, *machine;
};

static const struct option domcapabilities_options[] = {
	{ .name = "virttype", VALUE_AT(OPTION_STRING, domcapabilities_args, type),
	  .props = OPTION_POSITIONAL, .summary = "kvm or qemu; kvm where it works" },
	{ .name = "emulatorbin", VALUE_AT(OPTION_STRING, domcapabilities_args, emulator),
	  .props = OPTION_POSITIONAL, .summary = "path of QEMU" },
	{ .name = "arch", VALUE_AT(OPTION_STRING, domcapabilities_args, arch),
	  .props = OPTION_POSITIONAL, .summary = "architecture" },
	{ .name = "machine", VALUE_AT(OPTION_STRING, domcapabilities_args, machine),
	  .props = OPTION_POSITIONAL, .summary = "machine, or an alias of one; pc" },
	{ .name = NULL },
};

static bool run_domcapabilities(struct shell *sh, const void *args)
{
	const struct domcapabilities_args *a = args;
	auto_free char *xml = virConnectGetDomainCapabilities(sh->conn, a->emulator, a->arch,
							      a->machine, a->type, 0);

	if (!xml)
		return fail_call(sh, "failed to get emulator capabilities");
	render_document(sh, NULL, NULL, "xml", xml);
	return true;
}

const struct command command_domcapabilities = {
	.name = "domcapabilities",
	.summary = "print what QEMU can do, in XML",
	.about = "Prints what a guest of one emulator and machine can have: virtual CPUs, firmware, "
		 "CPU models, buses of disks, and what is not supported.",
	.options = domcapabilities_options,
	.args_size = sizeof(struct domcapabilities_args),
	.run = run_domcapabilities,
};

/* ---- cpu-models --------------------------------------------------------------------------- */

struct cpu_models_args {
	const char *arch;
};

static const struct option cpu_models_options[] = {
	{ .name = "arch", VALUE_AT(OPTION_STRING, cpu_models_args, arch),
	  .props = OPTION_POSITIONAL | OPTION_REQUIRED, .summary = "architecture: x86_64" },
	{ .name = NULL },
};

static const struct column model_columns[] = { { "model", "" }, { NULL, NULL } };

static bool run_cpu_models(struct shell *sh, const void *args)
{
	const struct cpu_models_args *a = args;
	char **models = NULL;
	int n = virConnectGetCPUModelNames(sh->conn, a->arch, &models, 0);
	struct sheet s;

	if (n < 0)
		return fail_call(sh, "failed to get CPU model names");
	sheet_init(&s, model_columns);
	for (int i = 0; i < n; i++) {
		sheet_add(&s, (struct value[]){ value_text(models[i]) });
		free(models[i]);
	}
	free(models);
	render_lines(sh, &s);
	return true;
}

const struct command command_cpu_models = {
	.name = "cpu-models",
	.summary = "list models of CPU",
	.about = "Lists the CPU models that QEMU knows for an architecture, one a line.",
	.options = cpu_models_options,
	.args_size = sizeof(struct cpu_models_args),
	.run = run_cpu_models,
};

/* ---- domxml-to-native --------------------------------------------------------------------- */

struct native_args {
	const char *format;
	struct domain_target domain;
	struct file_target file;
};

static const struct option native_options[] = {
	{ .name = "format", VALUE_AT(OPTION_STRING, native_args, format),
	  .props = OPTION_POSITIONAL | OPTION_REQUIRED, .summary = "qemu-argv" },
	{ .name = "domain", VALUE_AT(OPTION_DOMAIN, native_args, domain), .excludes = 1,
	  .summary = "name, id or uuid of the domain" },
	{ .name = "xml", VALUE_AT(OPTION_FILE, native_args, file), .props = OPTION_POSITIONAL,
	  .excludes = 1, .summary = "file with the XML of a domain" },
	{ .name = NULL },
};

static bool run_native(struct shell *sh, const void *args)
{
	const struct native_args *a = args;
	auto_free char *stored = NULL;
	const char *xml = a->file.text;

	if (!a->domain.domain && !xml)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "need either domain or domain XML");
	if (a->domain.domain) {
		stored = virDomainGetXMLDesc(a->domain.domain, VIR_DOMAIN_XML_INACTIVE);
		if (!stored)
			return fail_call(sh, "Failed to get the XML of domain '%s'", a->domain.word);
		xml = stored;
	}
	auto_free char *text = virConnectDomainXMLToNative(sh->conn, a->format, xml, 0);
	if (!text)
		return fail_call(sh, "failed to make a command line");
	render_document(sh, NULL, NULL, "command", text);
	return true;
}

const struct command command_domxml_to_native = {
	.name = "domxml-to-native",
	.summary = "print the QEMU command line of XML",
	.about = "Prints the command line that start would execute for a domain or for XML, quoted "
		 "for a shell; nothing is started. Comments tell which descriptors QEMU would get.",
	.options = native_options,
	.args_size = sizeof(struct native_args),
	.run = run_native,
};
