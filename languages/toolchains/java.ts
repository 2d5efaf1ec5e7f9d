import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './language';
import type { Versions } from '../programs/versions';

/** Builds package and app together, so that the package is not installed in the local Maven repository of the user. */
const PARENT_POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>package-and-app</groupId>
  <artifactId>package-and-app</artifactId>
  <version>0.0.0</version>
  <packaging>pom</packaging>
  <modules>
    <module>library</module>
    <module>app</module>
  </modules>
</project>
`;

/** Java: a jar that Maven builds together with the app, without Javadoc and source jar, which no app needs. */
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
    writeFileSync(join(folder, 'pom.xml'), PARENT_POM);
    pinVersions(versions, join(folder, 'library', 'pom.xml'));
    await run('mvn', '--batch-mode', '--quiet', 'verify', '-Dmaven.javadoc.skip', '-Dmaven.source.skip',
      `-Dcdk.version=${versions.cdk}`, `-Dconstructs.version=${versions.constructs}`);
  },
};

/** With a version range, Maven would download the list of all versions, and take the newest. */
function pinVersions({ cdk, constructs }: Versions, pom: string): void {
  const pinned = new Map([['aws-cdk-lib', cdk], ['constructs', constructs]]);
  const text = readFileSync(pom, 'utf8').replace(
    /<artifactId>([^<]+)<\/artifactId>(\s*)<version>\[([\d.]+),[^<]*<\/version>/g,
    (_, artifact: string, space: string, lowest: string) =>
      `<artifactId>${artifact}</artifactId>${space}<version>${pinned.get(artifact) ?? lowest}</version>`);
  writeFileSync(pom, text);
}
