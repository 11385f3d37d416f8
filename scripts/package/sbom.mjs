// Writes what is in a package as CycloneDX 1.6: FILE.contents, which scripts/package/build made, becomes FILE.cdx.json,
// checked against CycloneDX's schema. Usage: sbom.mjs VERSION COMMIT DEBIAN FILE.contents ARTEFACT...
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const load = createRequire(path.join(process.env.SBOM_TOOLS, "package.json"));
const { Enums, Models, Serialize, Spec, Validation } = load("@cyclonedx/cyclonedx-library");
const { PackageURL } = load("packageurl-js");

const [version, commit, debian, list, ...artefacts] = process.argv.slice(2);

/// What each word in the first column of the list says.
const parts = {
  compiled: "compiled into the program",
  bundled: "a file of the package",
  needed: "a package that has to be installed with it",
};

function property(name, value) {
  return new Models.Property(`bigocean:${name}`, value);
}

/// A row "kind, package[:architecture], version, source package, source version", tabs between.
function component(row) {
  const [kind, owner, installed, source, source_version] = row.split("\t");
  if (!parts[kind] || !source_version) throw new Error(`${list} has a row that is none: ${row}`);
  const [name, arch] = owner.split(":");
  const qualifiers = { distro: `debian-${debian}`, ...(arch ? { arch } : {}) };
  const purl = new PackageURL("deb", "debian", name, installed, qualifiers, undefined).toString();
  const made = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: `${kind}:${owner}`,
    version: installed,
    purl,
    scope: Enums.ComponentScope.Required,
  });
  made.properties.add(property("part", parts[kind]));
  made.properties.add(property("source", `${source} ${source_version}`));
  return made;
}

const bom = new Models.Bom();
const program = new Models.Component(Enums.ComponentType.Application, "bigocean", { bomRef: "bigocean", version });
program.licenses.add(new Models.NamedLicense("none has been chosen"));
program.properties.add(property("commit", commit));
for (const artefact of artefacts) {
  const sum = createHash("sha256").update(fs.readFileSync(artefact)).digest("hex");
  const file = new Models.Component(Enums.ComponentType.File, path.basename(artefact), { bomRef: path.basename(artefact) });
  file.hashes.set(Enums.HashAlgorithm["SHA-256"], sum);
  program.components.add(file);
}
bom.metadata.component = program;
bom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000);
for (const row of fs.readFileSync(list, "utf8").trim().split("\n")) {
  const part = component(row);
  bom.components.add(part);
  program.dependencies.add(part.bomRef);
}

const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
const text = new Serialize.JsonSerializer(normalizers).serialize(bom, { sortLists: true, space: 2 });
const faults = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
if (faults !== null) throw new Error(`the list of contents breaks CycloneDX's schema: ${JSON.stringify(faults)}`);
fs.writeFileSync(list.replace(/\.contents$/, ".cdx.json").replace("/parts/", "/"), `${text}\n`);
