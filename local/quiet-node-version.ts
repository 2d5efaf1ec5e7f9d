/** The AWS SDK announces on standard error which Node it will want some day: true, and not what anybody came here to read. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
