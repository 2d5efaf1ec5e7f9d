import { canonical, type UndecidedChange } from './finding';
import { accessResources } from './references-of-access';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { isRecord } from '../../src/contract/policies/readable-value';
import { parseJsonWithReferences } from '../explain/json-with-references';
import { resourcesOf, type TemplateResource } from '../explain/template';
import type { TemplatePair } from '../pairs/pair-templates';

const KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey', ROTATING_KEY_RESOURCE_TYPE];
const IDENTITIES = ['AWS::IAM::Role', 'AWS::IAM::User'];

/** The changed tags of keys and principals, if a policy of the new templates has a condition on such tags. */
export function changedTags(pairs: readonly TemplatePair[]): UndecidedChange[] {
  const texts = pairs.flatMap(({ now }) => accessResources(now)).map(({ Properties }) => canonical(Properties));
  const isCondition = (key: RegExp) => texts.some((text) => key.test(text));
  const types = [...(isCondition(/aws:ResourceTag\//i) ? KEYS : []), ...(isCondition(/aws:PrincipalTag\//i) ? IDENTITIES : [])];
  return pairs.flatMap(({ file, old, now }) => resourcesOf(now, types)
    .filter(([logicalId, resource]) => tagsOf(resource) !== tagsOf(old.Resources[logicalId]))
    .map(([where]) => ({
      ...(file === undefined ? {} : { file }),
      where,
      reason: 'the tags changed, and a policy has a condition on such tags, so it may allow more or deny less',
    })));
}

function tagsOf(resource: TemplateResource | undefined): string {
  const { Tags, Family } = resource?.Properties ?? {};
  const family = parseJsonWithReferences(Family);
  const tags = isRecord(family) ? family.tags : Tags;
  return tags === undefined || canonical(tags) === '{}' ? '[]' : canonical(tags);
}
