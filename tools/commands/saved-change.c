/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change the configuration inside save images. */
#include <stdlib.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/editor.h"
#include "mem.h"
#include "output/errors.h"
#include "output/outcome.h"

#define STATES(type)                                                                       \
	{ .name = "running", BIT_AT(type, flags, VIR_DOMAIN_SAVE_RUNNING),                 \
	  .excludes = 1, .summary = "it will run when it is resumed" },                    \
	{ .name = "paused", BIT_AT(type, flags, VIR_DOMAIN_SAVE_PAUSED),                   \
	  .excludes = 1, .summary = "it will be paused when it is resumed" }
#define THE_XML(type)                                                                      \
	{ .name = "xml", VALUE_AT(OPTION_FILE, type, xml),                                 \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,                                    \
	  .summary = "file with the new XML, for the same machine" }
#define THE_FILE(type)                                                                     \
	{ .name = "file", VALUE_AT(OPTION_STRING, type, file), .offer = OFFER_FILES,       \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "a file that save made" }

/* ---- managedsave-define, managedsave-edit ------------------------------------------------- */

struct managed_args {
	struct domain_target domain;
	struct file_target xml; /* of managedsave-define */
	unsigned flags;
};

static const struct option managed_define_options[] = {
	DOMAIN_THAT(managed_args, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE),
	THE_XML(managed_args),
	STATES(managed_args),
	{ .name = NULL },
};

static const struct option managed_edit_options[] = {
	DOMAIN_THAT(managed_args, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE),
	STATES(managed_args),
	{ .name = NULL },
};

static bool run_managed_define(struct shell *sh, const void *args)
{
	const struct managed_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (virDomainManagedSaveDefineXML(a->domain.domain, a->xml.text, a->flags) < 0)
		return fail_call(sh, "Failed to update %s XML configuration", name);
	outcome(sh, name, NULL, "Managed save state file of domain '%s' updated.", name);
	return true;
}

static char *fetch_managed(const void *data)
{
	const struct managed_args *a = data;

	return virDomainManagedSaveGetXMLDesc(a->domain.domain, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE);
}

static bool store_managed(const void *data, const char *text, bool ignores_validation)
{
	const struct managed_args *a = data;

	(void)ignores_validation;
	return virDomainManagedSaveDefineXML(a->domain.domain, text, a->flags) == 0;
}

static bool run_managed_edit(struct shell *sh, const void *args)
{
	const struct managed_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	auto_free char *label = mem_format("the managed save image of domain '%s'", name);
	struct subject s = { label, a, fetch_managed, store_managed };
	enum edited result = edit_subject(sh, &s);

	if (result == EDITED)
		outcome(sh, name, NULL,
			"Managed save image of Domain '%s' XML configuration edited.", name);
	else if (result == EDITED_UNCHANGED)
		outcome(sh, name, NULL,
			"Managed save image of domain '%s' XML configuration not changed.", name);
	return result != EDITED_FAILED;
}

const struct command command_managedsave_define = {
	.name = "managedsave-define",
	.summary = "replace the XML in a managed save image",
	.about = "Gives the saved guest another configuration: names, notes, paths of its disks. What "
		 "the guest sees cannot change. The XML that was there goes into the domain's old/.",
	.options = managed_define_options,
	.args_size = sizeof(struct managed_args),
	.run = run_managed_define,
};

const struct command command_managedsave_edit = {
	.name = "managedsave-edit",
	.summary = "edit the XML in a managed save image",
	.about = "Opens VISUAL, EDITOR or vi on the configuration of the saved guest and puts what "
		 "comes of it into the image, as managedsave-define does.",
	.options = managed_edit_options,
	.args_size = sizeof(struct managed_args),
	.run = run_managed_edit,
};

/* ---- save-image-define, save-image-edit --------------------------------------------------- */

struct saved_args {
	virConnectPtr conn; /* of save-image-edit */
	const char *file;
	struct file_target xml; /* of save-image-define */
	unsigned flags;
};

static const struct option saved_define_options[] = {
	THE_FILE(saved_args),
	THE_XML(saved_args),
	STATES(saved_args),
	{ .name = NULL },
};

static const struct option saved_edit_options[] = {
	THE_FILE(saved_args),
	STATES(saved_args),
	{ .name = NULL },
};

static bool run_saved_define(struct shell *sh, const void *args)
{
	const struct saved_args *a = args;

	if (virDomainSaveImageDefineXML(sh->conn, a->file, a->xml.text, a->flags) < 0)
		return fail_call(sh, "Failed to update %s", a->file);
	outcome(sh, NULL, NULL, "State file %s updated.", a->file);
	return true;
}

static char *fetch_saved(const void *data)
{
	const struct saved_args *a = data;

	return virDomainSaveImageGetXMLDesc(a->conn, a->file, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE);
}

static bool store_saved(const void *data, const char *text, bool ignores_validation)
{
	const struct saved_args *a = data;

	(void)ignores_validation;
	return virDomainSaveImageDefineXML(a->conn, a->file, text, a->flags) == 0;
}

static bool run_saved_edit(struct shell *sh, const void *args)
{
	struct saved_args a = *(const struct saved_args *)args;
	auto_free char *label = mem_format("the XML in '%s'", a.file);
	struct subject s = { label, &a, fetch_saved, store_saved };
	enum edited result;

	a.conn = sh->conn;
	result = edit_subject(sh, &s);
	if (result == EDITED)
		outcome(sh, NULL, NULL, "State file %s edited.", a.file);
	else if (result == EDITED_UNCHANGED)
		outcome(sh, NULL, NULL, "Saved image %s XML configuration not changed.", a.file);
	return result != EDITED_FAILED;
}

const struct command command_save_image_define = {
	.name = "save-image-define",
	.summary = "replace the XML in a save file",
	.about = "Gives the guest whose memory is in a file another configuration: names, notes, "
		 "paths of its disks. What the guest sees cannot change. The file is replaced by a "
		 "whole new one.",
	.options = saved_define_options,
	.args_size = sizeof(struct saved_args),
	.run = run_saved_define,
};

const struct command command_save_image_edit = {
	.name = "save-image-edit",
	.summary = "edit the XML in a save file",
	.about = "Opens VISUAL, EDITOR or vi on the configuration in a file with saved memory and "
		 "puts what comes of it into the file, as save-image-define does.",
	.options = saved_edit_options,
	.args_size = sizeof(struct saved_args),
	.run = run_saved_edit,
};
