// Evaluates a .railway/railway.ts as the platform's command-line tool does: with node, and Railway's own npm package.
//
// What the tool does is in its source, https://github.com/railwayapp/cli: src/iac/eval.rs imports the file, takes its
// export `partial`, calls its default export, and src/iac/compiler.rs lists the references (project_definition_to_graph).
import path from "node:path";
import { pathToFileURL } from "node:url";

import { tools } from "./support.mjs";

const iac = path.join(tools, "node_modules/railway/dist/iac/index.js");

/// { partial, project: { name, resources }, faults }: what the file describes, and what the package says is wrong with it.
export async function evaluate(file) {
  const { createRailwayContext, RAILWAY_GRAPH_VERSION, validateGraph } = await import(pathToFileURL(iac).href);
  const { partial, default: program } = await import(pathToFileURL(file).href);
  // As plain data: what the platform's tool reads is JSON.
  const project = JSON.parse(JSON.stringify(await program(createRailwayContext())));
  const { resources } = project;
  const graph = { version: RAILWAY_GRAPH_VERSION, project, environments: [], resources, edges: edges_of(resources) };
  return { partial, project, faults: validateGraph(graph) };
}

function edges_of(resources) {
  const edges = [];
  for (const { address, variables, volumeAttachments } of resources) {
    for (const [key, variable] of Object.entries(variables ?? {})) {
      if (variable.type === "reference") edges.push({ from: address, to: variable.resource, type: "variable", key });
    }
    for (const { volume, mountPath } of Object.values(volumeAttachments ?? {})) {
      edges.push({ from: address, to: volume, type: "mount", key: mountPath });
    }
  }
  return edges;
}

/// The file with its examples in use: all, or those lines that have one of `words`. An example begins with "//+ ".
export function with_examples(script, ...words) {
  return script.replace(/^( *)\/\/\+ (.*)$/gm, (line, indent, code) =>
    words.length === 0 || words.some((word) => line.includes(word)) ? indent + code : line,
  );
}
