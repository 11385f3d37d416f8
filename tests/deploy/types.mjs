// Type-checks a file of TypeScript with the compiler's interface.
import { load } from "./support.mjs";

const ts = load("typescript");

// As .railway/package.json's script `check` has it.
const compiler_options = {
  module: ts.ModuleKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
};

// The libraries' own declarations are parsed once, not once a case.
const parsed = new Map();
function compiler_host() {
  const host = ts.createCompilerHost(compiler_options);
  const parse = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!file.includes("node_modules")) return parse(file, ...rest);
    if (!parsed.has(file)) parsed.set(file, parse(file, ...rest));
    return parsed.get(file);
  };
  return host;
}

/// The compiler's messages; none when the types are right.
export function type_errors(file) {
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], compiler_options, compiler_host()));
  return found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, " "));
}
