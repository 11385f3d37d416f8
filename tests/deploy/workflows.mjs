export async function workflow_tests() {}
