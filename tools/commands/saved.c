/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands on the configuration inside save images. */
#include <stdlib.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "commands/xml.h"

/* ---- managedsave-dumpxml ------------------------------------------------------------------ */

struct managed_args {
	struct domain_target domain;
	unsigned flags;
	struct xml_choice choice;
};

static const struct option managed_options[] = {
	DOMAIN_THAT(managed_args, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE),
	{ .name = "security-info", BIT_AT(managed_args, flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE),
	  .summary = "passwords too" },
	XML_OPTIONS(managed_args),
	{ .name = NULL },
};

static bool run_managedsave_dumpxml(struct shell *sh, const void *args)
{
	const struct managed_args *a = args;
	auto_free char *xml = virDomainManagedSaveGetXMLDesc(a->domain.domain, a->flags);

	if (!xml)
		return fail_library(sh);
	return show_xml(sh, &a->choice, "domain", virDomainGetName(a->domain.domain), xml);
}

const struct command command_managedsave_dumpxml = {
	.name = "managedsave-dumpxml",
	.summary = "print the XML in a managed save image",
	.about = "Prints the configuration that the guest goes on with when it is started from its "
		 "managed save image; a newer definition does not count until then.",
	.options = managed_options,
	.args_size = sizeof(struct managed_args),
	.run = run_managedsave_dumpxml,
};

/* ---- save-image-dumpxml ------------------------------------------------------------------- */

struct file_args {
	const char *file;
	unsigned flags;
	struct xml_choice choice;
};

static const struct option file_options[] = {
	{ .name = "file", VALUE_AT(OPTION_STRING, file_args, file), .offer = OFFER_FILES,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "a file that save made" },
	{ .name = "security-info", BIT_AT(file_args, flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE),
	  .summary = "passwords too" },
	XML_OPTIONS(file_args),
	{ .name = NULL },
};

static bool run_save_image_dumpxml(struct shell *sh, const void *args)
{
	const struct file_args *a = args;
	auto_free char *xml = virDomainSaveImageGetXMLDesc(sh->conn, a->file, a->flags);

	if (!xml)
		return fail_library(sh);
	return show_xml(sh, &a->choice, "file", a->file, xml);
}

const struct command command_save_image_dumpxml = {
	.name = "save-image-dumpxml",
	.summary = "print the XML in a save file",
	.about = "Prints the configuration of the guest whose memory is in a file; files that "
		 "libvirt has made are read too.",
	.options = file_options,
	.args_size = sizeof(struct file_args),
	.run = run_save_image_dumpxml,
};
