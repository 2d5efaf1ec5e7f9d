import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './language';
import type { Versions } from '../programs/versions';

/** The app and the package in one build, so that the package is found without being installed where other projects would find it, too. */
const BUILD_OF_BOTH = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>build-of-both</groupId>
  <artifactId>build-of-both</artifactId>
  <version>0.0.0</version>
  <packaging>pom</packaging>
  <modules>
    <module>library</module>
    <module>app</module>
  </modules>
</project>
`;

/** Java: a jar, built by Maven together with the app. Javadoc and the jar of sources are left out: no app compiles against them. */
export const JAVA: Language = {
  name: 'Java',
  target: 'java',
  tools: [
    { name: 'a JDK (javac)', command: 'javac', args: ['-version'] },
    { name: 'Maven (mvn)', command: 'mvn', args: ['--version'] },
  ],
  async synthesize({ folder, generated, versions, run }) {
    const app = join(folder, 'app');
    cpSync(generated, join(folder, 'library'), { recursive: true });
    cpSync(join(folder, 'src'), join(app, 'src'), { recursive: true });
    renameSync(join(folder, 'pom.xml'), join(app, 'pom.xml'));
    writeFileSync(join(folder, 'pom.xml'), BUILD_OF_BOTH);
    holdTo(versions, join(folder, 'library', 'pom.xml'));
    await run('mvn', '--batch-mode', '--quiet', 'verify', '-Dmaven.javadoc.skip', '-Dmaven.source.skip',
      `-Dcdk.version=${versions.cdk}`, `-Dconstructs.version=${versions.constructs}`);
  },
};

/** A range would have Maven look through all versions that there are, and take the newest. */
function holdTo({ cdk, constructs }: Versions, pom: string): void {
  const held = new Map([['aws-cdk-lib', cdk], ['constructs', constructs]]);
  const text = readFileSync(pom, 'utf8').replace(
    /<artifactId>([^<]+)<\/artifactId>(\s*)<version>\[([\d.]+),[^<]*<\/version>/g,
    (_, artifact: string, space: string, lowest: string) =>
      `<artifactId>${artifact}</artifactId>${space}<version>${held.get(artifact) ?? lowest}</version>`);
  writeFileSync(pom, text);
}
